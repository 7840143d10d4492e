"""How the p-values of one test spread: flat where nothing differs and the test keeps its level."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme

#: Name of the marks in the drawing.
BARS = "p_value_bars"


def p_values(bins: pd.DataFrame, *, width: int = 360, height: int = 180) -> alt.LayerChart:
    """Return the histogram of one test.

    Parameters
    ----------
    bins : DataFrame
        Columns p_low, p_high, n_targets, n_expected; one row per bin, empty ones included.
    """
    base = alt.Chart(bins)
    bars = base.mark_bar(color=theme.LOWER, opacity=0.85, stroke="#ffffff", strokeWidth=0.5).encode(
        x=alt.X("p_low:Q", title="p-value, before correction",
                scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(grid=False, format=".1f")),
        x2="p_high:Q",
        y=alt.Y("n_targets:Q", title="Targets", axis=alt.Axis(tickMinStep=1)),
        y2=alt.Y2Datum(0),
        tooltip=[
            alt.Tooltip("p_low:Q", title="From", format=".2f"),
            alt.Tooltip("p_high:Q", title="to below", format=".2f"),
            alt.Tooltip("n_targets:Q", title="Targets"),
        ],
    ).properties(name=BARS)  # fmt: skip
    expected = bins.head(1)
    line = alt.Chart(expected).mark_rule(
        color=theme.INK, strokeDash=[5, 4], aria=False
    ).encode(y="n_expected:Q")  # fmt: skip
    return alt.layer(bars, line).properties(width=width, height=height)
