"""Quality of every array on one strip per measure, batch by batch."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme

#: Name of the marks in the drawing.
ARRAYS = "array_points"
#: Column whose limit follows from the batch, and the column of the limit.
LIMITS = {"distance_log2": "distance_limit_log2"}
#: Column, words, factor to the shown unit.
MEASURES = (
    ("background_median_afu", "Background, afu", 1.0),
    ("background_gradient_ratio", "Rise of the background across the array, % of it", 100.0),
    ("positive_control_mean_afu", "Positive control, afu", 1.0),
    ("cv_median_frac", "Median CV of duplicates, %", 100.0),
    ("below_lod_frac", "Targets below detection, %", 100.0),
    ("distance_log2", "Distance of the targets to the batch's usual levels, log2", 1.0),
)
_VERDICTS = ["ok", "watch", "poor"]


def array_quality(arrays: pd.DataFrame, *, width: int = 1000) -> alt.VConcatChart:
    """Return a strip per measure over all arrays; colour and shape say the verdict.

    Parameters
    ----------
    arrays : DataFrame
        Columns array_id, batch_id, verdict, verdict_reason and those of `MEASURES` and `LIMITS`.
    """
    data = arrays.reset_index(drop=True)
    data = data.assign(place=range(1, len(data) + 1))
    strips = [
        _strip(data, column, words, factor, is_last=i == len(MEASURES) - 1, width=width)
        for i, (column, words, factor) in enumerate(MEASURES)
    ]
    return alt.vconcat(*strips, spacing=10)


def _strip(
    data: pd.DataFrame, column: str, words: str, factor: float, *, is_last: bool, width: int
) -> alt.LayerChart:
    shown = data.assign(measured=data[column] * factor)
    edges = data.groupby("batch_id", sort=False)["place"].agg(["min", "mean"]).reset_index()
    x = alt.X("place:Q", scale=alt.Scale(domain=[0, len(data) + 1], nice=False), axis=None)
    limits = _limits(data, column, factor)
    low = float(shown["measured"].min())
    high = float(pd.concat([shown["measured"], limits["limit"]]).max())
    y = alt.Y("measured:Q", title=None, axis=alt.Axis(tickCount=3, grid=True),
              scale=alt.Scale(domain=[min(0.0, low), max(high * 1.1, 1.0)]))  # fmt: skip
    inner = edges[edges["min"] > 1]
    rules = alt.Chart(inner.assign(at=inner["min"] - 0.5)).mark_rule(
        color=theme.RULE, aria=False
    ).encode(x=alt.X("at:Q", axis=None))  # fmt: skip
    dots = alt.Chart(shown).mark_point(filled=True, size=44, opacity=0.9).encode(
        x=x, y=y, color=_colour(), shape=_shape(),
        tooltip=[
            alt.Tooltip("array_id:N", title="Array"),
            alt.Tooltip("batch_id:N", title="Batch"),
            alt.Tooltip("measured:Q", title=words, format=",.3~r"),
            alt.Tooltip("verdict:N", title="Verdict"),
            alt.Tooltip("verdict_reason:N", title="Why"),
        ],
    ).properties(name=ARRAYS)  # fmt: skip
    layers = [rules, dots]
    if not limits.empty:
        layers.insert(1, _limit_lines(limits, x))
    if is_last:
        layers.append(
            alt.Chart(edges).mark_text(dy=16, fontSize=12, aria=False).encode(
                x=alt.X("mean:Q", axis=None), y=alt.value(74), text="batch_id:N"
            )
        )  # fmt: skip
    title = alt.TitleParams(words, fontSize=12, fontWeight=500, offset=4, frame="group")
    return alt.layer(*layers).properties(width=width, height=74, title=title)


def _limits(data: pd.DataFrame, column: str, factor: float) -> pd.DataFrame:
    """Return where the limit of a measure lies, without batches that are too small for one."""
    if column not in LIMITS:
        return pd.DataFrame({"place": [], "batch_id": [], "limit": []})
    limits = data[["place", "batch_id"]].assign(limit=data[LIMITS[column]] * factor)
    return limits.dropna(subset="limit")


def _limit_lines(limits: pd.DataFrame, x: alt.X) -> alt.Chart:
    mark = {"color": theme.POOR, "strokeDash": [4, 3], "strokeWidth": 1, "aria": False}
    return alt.Chart(limits).mark_line(**mark).encode(
        x=x, y=alt.Y("limit:Q", title=None), detail="batch_id:N"
    )  # fmt: skip


def _colour() -> alt.Color:
    scale = alt.Scale(domain=_VERDICTS, range=[theme.OK, theme.WATCH, theme.POOR])
    return alt.Color("verdict:N", scale=scale, legend=None)


def _shape() -> alt.Shape:
    scale = alt.Scale(domain=_VERDICTS, range=["circle", "square", "triangle-up"])
    return alt.Shape("verdict:N", scale=scale, legend=None)
