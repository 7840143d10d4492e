"""Scores by visit, one line per person, beside the mean change and its confidence interval."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme

#: Names of the marks in the drawing: a class `<name>_marks` in the SVG.
CURVES, CHANGES = "score_points", "change_points"
_HEIGHT = 300


def scores(
    curves: pd.DataFrame,
    means: pd.DataFrame,
    *,
    visits: list[str],
    score_range: tuple[float, float],
    mid_change: float | None,
    unit: str,
) -> alt.HConcatChart:
    """Return the two panels of one instrument.

    Parameters
    ----------
    curves : DataFrame
        Columns curve (an index without meaning), visit_label, score, change_score, is_baseline.
    means : DataFrame
        Columns visit_label, mean_score, mean_change, ci_low, ci_high; change empty at baseline.
    visits : list of str
        Visit labels in order.
    score_range : (float, float)
        Ends of the score axis.
    mid_change : float or None
        Change that matters to patients, with its sign.
    unit : str
        Axis title of the scores.
    """
    left = _by_visit(curves, means, visits, score_range, unit)
    right = _change(curves, means, visits, mid_change)
    return alt.hconcat(left, right, spacing=42)


def _by_visit(
    curves: pd.DataFrame,
    means: pd.DataFrame,
    visits: list[str],
    score_range: tuple[float, float],
    unit: str,
) -> alt.LayerChart:
    x = alt.X("visit_label:N", sort=visits, scale=alt.Scale(padding=0.35), title=None,
              axis=alt.Axis(labelAngle=0, labelLimit=170, labelFontSize=12))  # fmt: skip
    y = alt.Y("score:Q", title=unit, scale=alt.Scale(domain=list(score_range), nice=False))
    people = alt.Chart(curves).encode(x=x, y=y)
    line = people.mark_line(color="#9fb3c8", strokeWidth=1, opacity=0.75, aria=False).encode(
        detail="curve:N", order="visit_order:Q"
    )
    dots = people.mark_circle(color="#7d95ad", size=22, opacity=0.8).encode(
        tooltip=[alt.Tooltip("visit_label:N", title="Visit"), alt.Tooltip("score:Q", title="Score")]
    )
    middle = alt.Chart(means).encode(x=x, y=alt.Y("mean_score:Q"))
    mean_line = middle.mark_line(color=theme.INK, strokeWidth=2.6, aria=False).encode(
        order="visit_order:Q"
    )
    mean_dots = middle.mark_point(color=theme.INK, filled=True, size=95, opacity=1).encode(
        tooltip=[
            alt.Tooltip("visit_label:N", title="Visit"),
            alt.Tooltip("mean_score:Q", title="Mean score", format=".2f"),
        ]
    )
    words = middle.mark_text(dx=15, align="left", fontWeight=600, fontSize=12.5).encode(
        text=alt.Text("mean_score:Q", format=".1f")
    )
    return alt.layer(
        line, dots.properties(name=CURVES), mean_line, mean_dots, words,
    ).properties(width=270, height=_HEIGHT, title="Each line is one person; black is the mean")  # fmt: skip


def _change(
    curves: pd.DataFrame, means: pd.DataFrame, visits: list[str], mid_change: float | None
) -> alt.LayerChart:
    later = curves[curves["change_score"].notna() & ~curves["is_baseline"]].copy()
    later["nudge"] = _nudges(later)
    x = alt.X("visit_label:N", sort=visits, title=None, scale=alt.Scale(padding=0.3),
              axis=alt.Axis(labelAngle=0, labelLimit=170))  # fmt: skip
    y = alt.Y("change_score:Q", title="Change from the first visit, points")
    layers: list[alt.Chart] = [_line(0.0, "no change", "#6b747d", [1, 0])]
    if mid_change is not None:
        layers.append(_line(mid_change, "change that matters", theme.OK, [6, 4]))
    layers.append(
        alt.Chart(later)
        .mark_circle(color="#7d95ad", size=26, opacity=0.75)
        .encode(x=x, y=y, xOffset=alt.XOffset("nudge:Q", scale=alt.Scale(domain=[-1, 3])),
                tooltip=[alt.Tooltip("change_score:Q", title="Change", format="+.1f")])
        .properties(name=CHANGES)
    )  # fmt: skip
    means = means[means["mean_change"].notna()].assign(nudge=2.0)
    offset = alt.XOffset("nudge:Q", scale=alt.Scale(domain=[-1, 3]))
    middle = alt.Chart(means).encode(x=x, xOffset=offset)
    tip = [
        alt.Tooltip("mean_change:Q", title="Mean change", format="+.2f"),
        alt.Tooltip("ci_low:Q", title="95 % CI from", format="+.2f"),
        alt.Tooltip("ci_high:Q", title="to", format="+.2f"),
    ]
    layers += [
        middle.mark_rule(color=theme.INK, strokeWidth=2.6).encode(
            y="ci_low:Q", y2="ci_high:Q", tooltip=tip
        ),
        middle.mark_point(color=theme.INK, filled=True, size=95, opacity=1).encode(
            y="mean_change:Q", tooltip=tip
        ),
    ]
    return alt.layer(*layers).properties(
        width=250, height=_HEIGHT, title="Change of each person; mean with 95 % CI"
    )


def _nudges(later: pd.DataFrame) -> list[float]:
    """Spread equal changes sideways, so that each person stays visible."""
    seen: dict[tuple[str, float], int] = {}
    out = []
    for key in zip(later["visit_label"], later["change_score"].round(1), strict=True):
        k = seen.get(key, 0)
        seen[key] = k + 1
        out.append((0.0, 0.28, -0.28, 0.56, -0.56, 0.8, -0.8)[k % 7])
    return out


def _line(at: float, words: str, colour: str, dash: list[int]) -> alt.Chart:
    row = pd.DataFrame({"at": [at], "words": [words]})
    rule = alt.Chart(row).mark_rule(color=colour, strokeDash=dash, strokeWidth=1.3, aria=False)
    note = alt.Chart(row).mark_text(
        align="right", dx=-3, dy=-6, fontSize=10.5, color=colour, aria=False
    )
    return alt.layer(rule.encode(y="at:Q"), note.encode(y="at:Q", x=alt.value(250), text="words:N"))
