"""Samples along the first two principal components, by group."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme
from reports.charts.heat_map import group_colour

#: Name of the marks in the drawing.
POINTS = "component_points"
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right",
           "triangle-left")  # fmt: skip


def components(
    frame: pd.DataFrame,
    *,
    groups: list[str],
    title: str,
    name: str,
    width: int = 430,
    height: int = 330,
) -> alt.LayerChart:
    """Return the plot of one selection.

    Parameters
    ----------
    frame : DataFrame
        Columns group_label, first_score, second_score, first_explained_frac,
        second_explained_frac; one row per sample. Without a second component all lie on a line.
    groups : labels in the order of the legend
    name : ends the name of its marks, which must differ from that of a panel beside it
    """
    data = frame.rename(columns={"group_label": "group"}).assign(
        second_score=frame["second_score"].fillna(0.0)
    )
    shapes = [_SHAPES[i % len(_SHAPES)] for i in range(len(groups))]
    legend = alt.Legend(orient="bottom", title=None, columns=1, labelLimit=420)
    point = alt.Chart(data).mark_point(filled=True, size=62, opacity=0.85).encode(
        x=alt.X("first_score:Q", title=_axis_title("First", data, "first_explained_frac"),
                axis=alt.Axis(grid=False)),
        y=alt.Y("second_score:Q", title=_axis_title("Second", data, "second_explained_frac"),
                axis=alt.Axis(grid=False)),
        color=group_colour(groups, legend=legend),
        shape=alt.Shape("group:N", scale=alt.Scale(domain=groups, range=shapes), legend=legend),
        tooltip=[
            alt.Tooltip("group:N", title="Group"),
            alt.Tooltip("first_score:Q", title="First component", format="+.2f"),
            alt.Tooltip("second_score:Q", title="Second component", format="+.2f"),
        ],
    ).properties(name=f"{POINTS}_{name}")  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"at": [0.0]}))
    across = zero.mark_rule(color=theme.RULE, aria=False).encode(y="at:Q")
    up = zero.mark_rule(color=theme.RULE, aria=False).encode(x="at:Q")
    heading = alt.TitleParams(title, fontSize=13, fontWeight=600, frame="group")
    return alt.layer(across, up, point).properties(width=width, height=height, title=heading)


def _axis_title(which: str, data: pd.DataFrame, column: str) -> str:
    share = data[column].dropna()
    if share.empty:
        return f"{which} component: there is none"
    return f"{which} component, {100 * float(share.iloc[0]):.0f} % of the variance"
