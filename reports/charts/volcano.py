"""Volcano plot: how large each target's difference is against how surely it is not chance."""

from __future__ import annotations

import json
import math
from typing import NamedTuple

import altair as alt
import pandas as pd

from reports import theme
from reports.charts.labels import Box, Placed, place

WIDTH, HEIGHT = 780, 470
#: Names of the marks in the drawing: a class `<name>_marks` in the SVG.
POINTS, LABELS = "volcano_points", "volcano_labels"
_DIRECTIONS = ["higher", "lower", "not shown"]
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FOLD_TICKS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 16.0, 32.0, 64.0)


class _Note(NamedTuple):
    """A level with its words: height, text, dash of the line."""

    at: float
    text: str
    dash: tuple[int, int]


def volcano(
    frame: pd.DataFrame, *, alpha: float, numerator: str, denominator: str, fold_line: float = 1.5
) -> alt.LayerChart:
    """Return the plot of one contrast; targets without a p-value are left out.

    Parameters
    ----------
    frame : DataFrame
        Columns analyte_name, change_log2fc, p_value, p_adjusted, neg_log10_p, is_hit; one row
        per target.
    alpha : float
        Level of the hit rule; drawn uncorrected as a dashed line.
    numerator, denominator : str
        The two groups in words.
    fold_line : float
        Fold change of the dotted guide lines.
    """
    data = drawable(frame)
    x_max = max(1.15 * _most(data["change_log2fc"].abs()), math.log2(fold_line) * 1.5, 0.3)
    y_max = max(1.1 * _most(data["neg_log10_p"]), -math.log10(alpha) * 1.6)
    notes = _notes(data, alpha)
    data = _with_places(data, notes, x_max, y_max)
    x = alt.X("change_log2fc:Q", axis=_fold_axis(x_max, numerator, denominator),
              scale=alt.Scale(domain=[-x_max, x_max], nice=False))  # fmt: skip
    y = alt.Y("neg_log10_p:Q", axis=_p_axis(y_max),
              scale=alt.Scale(domain=[0, y_max], nice=False))  # fmt: skip
    base = alt.Chart(data)
    return alt.layer(
        *_guides(notes, fold_line, x_max),
        _leaders(base.transform_filter("datum.is_hit"), x, y),
        _points(base, x, y, numerator, denominator),
        _names(base.transform_filter("datum.is_hit"), x, y),
    ).properties(width=WIDTH, height=HEIGHT)


def _most(values: pd.Series) -> float:
    """Return the greatest value; 0 where an arm is not there yet and nothing is drawn."""
    return 0.0 if values.empty else float(values.max())


def drawable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the targets that have a place in the plot, with their direction in words."""
    finite = frame["change_log2fc"].notna() & frame["neg_log10_p"].between(0, 1e6)
    data = frame[finite].copy()
    rises = data["change_log2fc"] > 0
    data["direction"] = "not shown"
    data.loc[data["is_hit"] & rises, "direction"] = "higher"
    data.loc[data["is_hit"] & ~rises, "direction"] = "lower"
    data["fold"] = (2 ** data["change_log2fc"].abs()).where(rises, -(2 ** -data["change_log2fc"]))
    return data


def _with_places(
    data: pd.DataFrame, notes: list[_Note], x_max: float, y_max: float
) -> pd.DataFrame:
    x_px = (data["change_log2fc"] + x_max) / (2 * x_max) * WIDTH
    y_px = (1 - data["neg_log10_p"] / y_max) * HEIGHT
    names = [
        n if hit else None for n, hit in zip(data["analyte_name"], data["is_hit"], strict=True)
    ]
    heights = [(1 - note.at / y_max) * HEIGHT for note in notes]
    blocked = [
        Box(0, at - 15, 6.1 * len(note.text), at + 2)
        for note, at in zip(notes, heights, strict=True)
    ]
    points = list(zip(x_px, y_px, strict=True))
    spots = place(points, names, width=WIDTH, height=HEIGHT, blocked=blocked)
    return data.assign(
        label_x=pd.Series([_to_x(s, x_max) for s in spots], data.index),
        label_y=pd.Series([_to_y(s, y_max) for s in spots], data.index),
        is_rightward=[bool(s and s.is_rightward) for s in spots],
    )


def _to_x(spot: Placed | None, x_max: float) -> float:
    return math.nan if spot is None else spot.x / WIDTH * 2 * x_max - x_max


def _to_y(spot: Placed | None, y_max: float) -> float:
    return math.nan if spot is None else (1 - spot.y / HEIGHT) * y_max


def _points(base: alt.Chart, x: alt.X, y: alt.Y, numerator: str, denominator: str) -> alt.Chart:
    colour = alt.Color(
        "direction:N",
        scale=alt.Scale(domain=_DIRECTIONS, range=[theme.HIGHER, theme.LOWER, theme.NEUTRAL]),
        legend=None,
    )
    shape = alt.Shape(
        "direction:N",
        scale=alt.Scale(domain=_DIRECTIONS, range=["triangle-up", "triangle-down", "circle"]),
        legend=None,
    )
    return base.mark_point(filled=True, opacity=0.9, size=64).encode(
        x=x, y=y, color=colour, shape=shape,
        size=alt.condition("datum.is_hit", alt.value(80), alt.value(34)),
        tooltip=[
            alt.Tooltip("analyte_name:N", title="Target"),
            alt.Tooltip("fold:Q", title="Fold change", format="+.2f"),
            alt.Tooltip("p_value:Q", title="p", format=".2~g"),
            alt.Tooltip("p_adjusted:Q", title="p, BH-adjusted", format=".2~g"),
            alt.Tooltip("direction:N", title="Verdict"),
        ],
    ).properties(name=POINTS)  # fmt: skip


def _leaders(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    return base.mark_rule(color="#aeb6bf", strokeWidth=0.8, aria=False).encode(
        x=x, y=y, x2="label_x:Q", y2="label_y:Q"
    )


def _names(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.LayerChart:
    sides = []
    for is_rightward, align in ((True, "left"), (False, "right")):
        side = base.transform_filter(f"datum.is_rightward === {str(is_rightward).lower()}")
        sides.append(
            side.mark_text(
                align=align, baseline="middle", dx=3 if is_rightward else -3, fontSize=11.5,
                color=theme.INK, limit=130,
            )
            .encode(x=_at(x, "label_x"), y=_at(y, "label_y"), text="analyte_name:N")
            .properties(name=f"{LABELS}_{align}")
        )  # fmt: skip
    return alt.layer(*sides)


def _at(channel: alt.X | alt.Y, field: str) -> alt.X | alt.Y:
    moved = channel.copy()
    moved.shorthand = f"{field}:Q"
    return moved


def _notes(data: pd.DataFrame, alpha: float) -> list[_Note]:
    notes = [_Note(-math.log10(alpha), f"p = {alpha:g}, before correction", (5, 4))]
    if (edge := boundary(data)) is not None:
        notes.append(_Note(edge, f"above this line: p below {alpha:g} after correction", (1, 0)))
    return notes


def _guides(notes: list[_Note], fold_line: float, x_max: float) -> list[alt.Chart]:
    folds = pd.DataFrame({"at": [-math.log2(fold_line), math.log2(fold_line)]})
    grey = {"color": "#9aa3ad", "aria": False}
    lines = [alt.Chart(folds).mark_rule(strokeDash=[1, 4], **grey).encode(x="at:Q")]
    for note in notes:
        row = alt.Chart(pd.DataFrame({"at": [note.at], "words": [note.text], "left": [-x_max]}))
        text = row.mark_text(
            align="left", dx=4, dy=-7, fontSize=10.5, color=theme.MUTED, aria=False
        )
        lines.append(row.mark_rule(strokeDash=list(note.dash), **grey).encode(y="at:Q"))
        lines.append(text.encode(x="left:Q", y="at:Q", text="words:N"))
    return lines


def boundary(data: pd.DataFrame) -> float | None:
    """Return the height that parts hits from the rest; None where no line can part them."""
    hits, rest = data[data["is_hit"]]["neg_log10_p"], data[~data["is_hit"]]["neg_log10_p"]
    if hits.empty or rest.empty or hits.min() <= rest.max():
        return None
    return float(hits.min() + rest.max()) / 2


def _fold_axis(x_max: float, numerator: str, denominator: str) -> alt.Axis:
    ticks = [math.log2(f) for f in _FOLD_TICKS if math.log2(f) <= x_max]
    words = "datum.value === 0 ? 'no difference' : format(pow(2, abs(datum.value)), '.2~f')"
    return alt.Axis(
        values=sorted({-t for t in ticks} | set(ticks)), grid=False,
        labelExpr=f"{words} + (datum.value === 0 ? '' : datum.value < 0 ? '× lower' : '× higher')",
        title=f"{numerator}, against {denominator}",
        titleLimit=WIDTH,
    )  # fmt: skip


def _p_axis(y_max: float) -> alt.Axis:
    step = max(1, math.ceil(y_max / 8))
    values = list(range(0, math.floor(y_max) + 1, step))
    names = [_power(k) for k in range(math.floor(y_max) + 1)]
    return alt.Axis(
        values=values,
        labelExpr=f"{json.dumps(names, ensure_ascii=False)}[datum.value]",
        title="p-value (the higher up, the less like chance)",
    )


def _power(k: int) -> str:
    return f"{10.0**-k:.{k}f}" if k <= 4 else "10⁻" + str(k).translate(_SUPERSCRIPT)
