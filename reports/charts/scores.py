"""Scores by visit, one line per person, beside the mean change and its confidence interval."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import altair as alt
import pandas as pd

from reports import theme, words

#: Names of the marks in the drawing: a class `<name>_marks` in the SVG.
CURVES, CHANGES = "score_points", "change_points"
_HEIGHT, _LEFT, _RIGHT = 290, 205, 125
#: Visits that fit with both panels side by side; with more, the panels stand on each other.
MOST_BESIDE = 2
#: A wide font's letter at the label size, and the gap between neighbouring labels.
_LETTER, _GAP = 7.8, 12
_PERSON = "#6f8aa5"
_WRAPPED = "split(datum.label, '\\n')"


def scores(
    curves: pd.DataFrame,
    means: pd.DataFrame,
    *,
    visits: Mapping[str, str],
    score_range: tuple[float, float],
    mid_change: float | None,
) -> alt.HConcatChart | alt.VConcatChart:
    """Return the two panels of one scale.

    Parameters
    ----------
    curves : DataFrame
        Columns curve (an index without meaning), visit, visit_order, is_baseline, score,
        change_score; one row per person and visit.
    means : DataFrame
        Columns visit, visit_order, is_baseline, mean_score, mean_change, ci_low, ci_high; change
        empty at baseline.
    visits : mapping of str to str
        Visit code to label, in order.
    score_range : (float, float)
        Ends of the score axis.
    mid_change : float or None
        Change that matters to patients, with its sign.
    """
    is_beside = len(visits) <= MOST_BESIDE
    lines = {code: textwrap.wrap(label, 16 if is_beside else 13) for code, label in visits.items()}
    labels = {code: "\n".join(parts) for code, parts in lines.items()}
    order = list(labels.values())
    curves = curves.assign(
        label=curves["visit"].map(labels), visit_words=curves["visit"].map(visits)
    )
    means = means.assign(label=means["visit"].map(labels), visit_words=means["visit"].map(visits))
    left = _by_visit(curves, means, order, score_range)
    right = _change(curves[curves["change_score"].notna()], means, order, mid_change)
    return alt.hconcat(left, right, spacing=30) if is_beside else alt.vconcat(left, right)


def _step(order: list[str]) -> float:
    """Return the pixels from one visit to the next at which no label meets its neighbour."""
    return _GAP + _LETTER * max(
        (len(line) for label in order for line in label.split("\n")), default=0
    )


def _said(frame: pd.DataFrame, column: str, digits: int, *, sign: bool = False) -> pd.Series:
    """Return a column rounded as everywhere else in the report."""
    say = words.signed if sign else words.number
    return frame[column].map(lambda x: say(None if pd.isna(x) else x, digits)).astype(object)


def _visits(order: list[str], padding: float) -> alt.X:
    return alt.X(
        "label:N",
        sort=order,
        title=None,
        scale=alt.Scale(padding=padding),
        axis=alt.Axis(labelAngle=0, labelExpr=_WRAPPED, labelLimit=0, domain=False, ticks=False),
    )


def _by_visit(
    curves: pd.DataFrame, means: pd.DataFrame, order: list[str], score_range: tuple[float, float]
) -> alt.LayerChart:
    x = _visits(order, 0.45)
    y = alt.Y(
        "score:Q",
        title="Score",
        scale=alt.Scale(domain=list(score_range), nice=False),
        axis=alt.Axis(tickCount=6),
    )
    people = alt.Chart(curves).encode(x=x, y=y)
    lines = people.mark_line(color=_PERSON, strokeWidth=1, opacity=0.45, aria=False).encode(
        detail="curve:N", order="visit_order:Q"
    )
    dots = people.mark_circle(color=_PERSON, size=20, opacity=0.75).encode(
        tooltip=[alt.Tooltip("visit_words:N", title="Visit"), alt.Tooltip("score:Q", title="Score")]
    )
    means = means.assign(
        mean_words=_said(means, "mean_score", 1), mean_told=_said(means, "mean_score", 2)
    )
    means["place"] = "between"
    means.loc[means["visit_order"] == means["visit_order"].max(), "place"] = "last"
    means.loc[means["is_baseline"].astype(bool), "place"] = "first"
    middle = alt.Chart(means).encode(x=x, y=alt.Y("mean_score:Q"), order="visit_order:Q")
    mean_line = middle.mark_line(color=theme.INK, strokeWidth=2.6, aria=False)
    mean_dots = middle.mark_point(color=theme.INK, filled=True, size=90, opacity=1).encode(
        tooltip=[
            alt.Tooltip("visit_words:N", title="Visit"),
            alt.Tooltip("mean_told:N", title="Mean score"),
        ]
    )
    return alt.layer(
        lines, dots.properties(name=CURVES), mean_line, mean_dots, *_mean_words(middle)
    ).properties(width=max(_LEFT, _step(order) * len(order)), height=_HEIGHT, title="By visit")


def _mean_words(middle: alt.Chart) -> list[alt.Chart]:
    """Write each mean beside its dot, away from the lines, on a white halo."""
    out = []
    for place, align, dx, dy in (("first", "right", -13, 0), ("last", "left", 13, 0),
                                 ("between", "center", 0, -16)):  # fmt: skip
        side = middle.transform_filter(f"datum.place === '{place}'")
        style = {"align": align, "dx": dx, "dy": dy, "fontWeight": 700, "fontSize": 13}
        text = alt.Text("mean_words:N")
        out.append(
            side.mark_text(stroke="white", strokeWidth=4, aria=False, **style).encode(text=text)
        )
        out.append(side.mark_text(color=theme.INK, **style).encode(text=text))
    return out


def _change(
    later: pd.DataFrame, means: pd.DataFrame, order: list[str], mid_change: float | None
) -> alt.LayerChart:
    means = means[means["mean_change"].notna()].assign(nudge=0.75)
    order = [label for label in order if label in set(means["label"])]
    width = max(_RIGHT, _step(order)) * max(len(order), 1)
    means = means.assign(**{
        f"{name}_told": _said(means, name, 2, sign=True)
        for name in ("mean_change", "ci_low", "ci_high")
    })  # fmt: skip
    later = later.assign(
        nudge=_nudges(later), change_told=_said(later, "change_score", 1, sign=True)
    )
    x = _visits(order, 0.05)
    y = alt.Y("change_score:Q", title="Change, points", axis=alt.Axis(tickCount=6),
              scale=alt.Scale(domain=_span(later, means, mid_change), nice=False))  # fmt: skip
    side = -1 if mid_change is not None and mid_change < 0 else 1
    layers = [_line(0.0, ["no change"], theme.MUTED, [1, 0], (width, 7 * side))]
    if mid_change is not None:
        note = ["change that", "matters"]
        layers.append(_line(mid_change, note, theme.OK, [6, 4], (width, -6 - 7 * side)))
    sideways = alt.XOffset("nudge:Q", scale=alt.Scale(domain=[-1, 1]))
    layers.append(
        alt.Chart(later)
        .mark_circle(color=_PERSON, size=26, opacity=0.8)
        .encode(x=x, y=y, xOffset=sideways,
                tooltip=[alt.Tooltip("change_told:N", title="Change")])
        .properties(name=CHANGES)
    )  # fmt: skip
    middle = alt.Chart(means).encode(
        x=x,
        xOffset=sideways,
        tooltip=[
            alt.Tooltip("mean_change_told:N", title="Mean change"),
            alt.Tooltip("ci_low_told:N", title="95 % CI from"),
            alt.Tooltip("ci_high_told:N", title="to"),
        ],
    )
    bar = middle.mark_rule(color=theme.INK, strokeWidth=2.6)
    dot = middle.mark_point(color=theme.INK, filled=True, size=90, opacity=1)
    layers += [bar.encode(y="ci_low:Q", y2="ci_high:Q"), dot.encode(y="mean_change:Q")]
    return alt.layer(*layers).properties(width=width, height=_HEIGHT, title="Change from baseline")


def _span(later: pd.DataFrame, means: pd.DataFrame, mid_change: float | None) -> list[float]:
    """Return the ends of the axis: everything drawn, with some air."""
    drawn = [0.0, *later["change_score"], *means["ci_low"].dropna(), *means["ci_high"].dropna()]
    drawn += [] if mid_change is None else [mid_change]
    air = max((max(drawn) - min(drawn)) * 0.05, 0.1)
    return [min(drawn) - air, max(drawn) + air]


def _nudges(later: pd.DataFrame) -> list[float]:
    """Spread neighbouring changes sideways in rows, so that each person stays visible."""
    step = max((later["change_score"].max() - later["change_score"].min()) / 26, 1e-9)
    seen: dict[tuple[str, int], int] = {}
    out = []
    for label, change in zip(later["label"], later["change_score"], strict=True):
        row = (label, round(change / step))
        k = seen.get(row, 0)
        seen[row] = k + 1
        side = (k + 1) // 2 * (1 if k % 2 else -1)
        out.append(max(-0.95, min(0.35, -0.3 + 0.13 * side)))
    return out


def _line(
    at: float, note: list[str], colour: str, dash: list[int], place: tuple[float, float]
) -> alt.LayerChart:
    """Draw a level with its words right of the plot, moved down by the second of `place`."""
    base = alt.Chart(pd.DataFrame({"at": [at]}))
    rule = base.mark_rule(color=colour, strokeDash=dash, strokeWidth=1.3, aria=False)
    text = base.mark_text(
        text=note, align="left", baseline="middle", dx=6, dy=place[1], fontSize=11,
        color=colour, aria=False,
    )  # fmt: skip
    return alt.layer(rule.encode(y="at:Q"), text.encode(y="at:Q", x=alt.value(place[0])))
