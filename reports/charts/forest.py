"""Odds ratios of several targets with their intervals, one line each."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme

#: Name of the marks in the drawing.
ESTIMATES = "forest_points"
_ROW = 22


def forest(frame: pd.DataFrame, *, width: int = 360) -> alt.LayerChart:
    """Return the forest of one analysis.

    Parameters
    ----------
    frame : DataFrame
        Columns analyte_name, odds_ratio, odds_ratio_ci_low, odds_ratio_ci_high (above 0),
        in the order of the lines.
    """
    frame = frame.assign(place=range(len(frame)))
    ends = [float(frame["odds_ratio_ci_low"].min()), float(frame["odds_ratio_ci_high"].max()), 1.0]
    x_scale = alt.Scale(type="log", domain=[min(ends) / 1.15, max(ends) * 1.15], nice=False)
    x = alt.X("odds_ratio:Q", title="Odds ratio per standard deviation of the level",
              scale=x_scale, axis=alt.Axis(tickCount=5, format="~g"))  # fmt: skip
    y = alt.Y("analyte_name:N", sort=alt.EncodingSortField("place", op="min"), title=None,
              axis=alt.Axis(domain=False, ticks=False, labelLimit=170))  # fmt: skip
    base = alt.Chart(frame).encode(y=y)
    one = alt.Chart(pd.DataFrame({"odds_ratio": [1.0]})).mark_rule(
        color=theme.NEUTRAL, strokeWidth=1.3, aria=False
    ).encode(x=x)  # fmt: skip
    bars = base.mark_rule(color=theme.LOWER, strokeWidth=2, aria=False).encode(
        x=alt.X("odds_ratio_ci_low:Q"), x2="odds_ratio_ci_high:Q"
    )
    points = base.mark_point(filled=True, color=theme.LOWER, size=70, opacity=1).encode(
        x=x,
        tooltip=[
            alt.Tooltip("analyte_name:N", title="Target"),
            alt.Tooltip("odds_ratio:Q", title="Odds ratio", format=".2f"),
            alt.Tooltip("odds_ratio_ci_low:Q", title="95 % CI from", format=".2f"),
            alt.Tooltip("odds_ratio_ci_high:Q", title="to", format=".2f"),
        ],
    ).properties(name=ESTIMATES)  # fmt: skip
    return alt.layer(one, bars, points).properties(width=width, height=_ROW * len(frame))
