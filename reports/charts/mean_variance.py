"""Spread of every target against its level, and the spread that all targets lend it."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme

#: Name of the marks in the drawing.
OWN = "spread_points"


def mean_variance(frame: pd.DataFrame, *, width: int = 360, height: int = 180) -> alt.LayerChart:
    """Return the plot of one contrast.

    Parameters
    ----------
    frame : DataFrame
        Columns analyte_name, mean_level_log2, residual_sd_log2, prior_sd_log2,
        posterior_sd_log2; one row per target with a spread of its own.
    """
    x = alt.X(
        "mean_level_log2:Q",
        title="Mean level, log2",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(grid=False),
    )
    base = alt.Chart(frame)
    title = "Standard deviation, log2"
    shrunk = base.mark_rule(color=theme.RULE, aria=False).encode(
        x=x, y=alt.Y("residual_sd_log2:Q", title=title), y2="posterior_sd_log2:Q"
    )
    prior = base.mark_line(color=theme.HIGHER, strokeDash=[5, 4], aria=False).encode(
        x=x, y=alt.Y("prior_sd_log2:Q", title=title)
    )
    points = base.mark_point(filled=True, color=theme.LOWER, size=30, opacity=0.85).encode(
        x=x,
        y=alt.Y("residual_sd_log2:Q", title=title),
        tooltip=[
            alt.Tooltip("analyte_name:N", title="Target"),
            alt.Tooltip("residual_sd_log2:Q", title="Own SD, log2", format=".3f"),
            alt.Tooltip("posterior_sd_log2:Q", title="SD used, log2", format=".3f"),
        ],
    ).properties(name=OWN)  # fmt: skip
    return alt.layer(shrunk, prior, points).properties(width=width, height=height)
