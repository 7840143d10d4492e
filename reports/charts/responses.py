"""Pain response at each visit: how many people of each kind, by each definition."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme

#: Name of the marks in the drawing.
BARS = "response_bars"
#: Kinds in the order in which they are drawn, with their words and colours.
KINDS: dict[str, tuple[str, str]] = {
    "complete": ("complete response", "#00795c"),
    "partial": ("partial response", "#6fb8a3"),
    "indeterminate": ("indeterminate", "#d4d9de"),
    "gap": ("no row in the publication", "#eceff2"),
    "progression": ("progression", "#b5460f"),
    "dose_unknown": ("dose not known", "#b8bfc7"),
    "not_evaluable": ("cannot be judged", "#8a929b"),
}
_DARK = ("complete", "progression", "not_evaluable")


def responses(tally: pd.DataFrame, *, visits: list[str], definitions: list[str]) -> alt.FacetChart:
    """Return one bar per visit and definition, shared out over the kinds of response.

    Parameters
    ----------
    tally : DataFrame
        Columns visit, definition (in words), kind (a key of `KINDS`) and n; rows with n = 0 may
        stand in it.
    visits, definitions : in the order in which they are drawn
    """
    drawn = tally[tally["n"] > 0].copy()
    order = list(KINDS)
    drawn["place"] = drawn["kind"].map(order.index)
    drawn = drawn.sort_values(["visit", "definition", "place"])
    drawn["to"] = drawn.groupby(["visit", "definition"])["n"].cumsum()
    drawn["from"] = drawn["to"] - drawn["n"]
    drawn["middle"] = (drawn["from"] + drawn["to"]) / 2
    drawn["words"] = drawn["kind"].map(lambda kind: KINDS[kind][0])
    drawn["ink"] = drawn["kind"].map(lambda kind: "#ffffff" if kind in _DARK else theme.INK)
    used = [kind for kind in order if kind in set(drawn["kind"])]
    base = alt.Chart(drawn).encode(
        y=alt.Y("definition:N", sort=definitions, title=None,
                axis=alt.Axis(labelLimit=0, ticks=False, domain=False)),
    )  # fmt: skip
    bars = base.mark_bar(stroke="#ffffff", strokeWidth=1, height=24).encode(
        x=alt.X("from:Q", title="People", axis=alt.Axis(tickMinStep=1, grid=False)),
        x2="to:Q",
        color=alt.Color(
            "words:N",
            title=None,
            scale=alt.Scale(
                domain=[KINDS[k][0] for k in used], range=[KINDS[k][1] for k in used]
            ),
            legend=alt.Legend(orient="bottom", columns=4, labelLimit=0),
        ),
        tooltip=[alt.Tooltip("words:N", title="Response"), alt.Tooltip("n:Q", title="People")],
    ).properties(name=BARS)  # fmt: skip
    numbers = base.mark_text(fontSize=12, aria=False).encode(
        x="middle:Q", text="n:Q", color=alt.Color("ink:N", scale=None)
    )
    return (
        alt.layer(bars, numbers)
        .properties(width=520, height=34 * len(definitions))
        .facet(
            row=alt.Row(
                "visit:N", sort=visits, title=None,
                header=alt.Header(labelAngle=0, labelAlign="left", labelOrient="top"),
            )
        )
    )  # fmt: skip
