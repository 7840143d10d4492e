"""The figures of the report: published rows to drawings, each with its words for the ear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
from markupsafe import Markup

from reports import theme, vega, words
from reports.charts.array_quality import MEASURES, array_quality
from reports.charts.scores import MOST_BESIDE, scores
from reports.charts.volcano import volcano
from reports.read import Published
from reports.statements import Contrast, Outcome

#: More arrays than this are not drawn one by one; those with a verdict come first.
MOST_ARRAYS = 400


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption and its description for readers who do not see it."""

    figure_id: str
    caption: str
    description: str
    spec: dict[str, Any]

    @property
    def json(self) -> Markup:
        """The specification, harmless inside a script element."""
        return vega.inert_json(self.spec)

    @property
    def svg(self) -> Markup:
        """The drawing for viewers without scripts."""
        return vega.static_svg(self.spec)


def drawn(
    figure_id: str, chart: alt.TopLevelMixin, caption: str, description: str, *, stamp: str
) -> Figure:
    """Return a figure; `stamp` is what a synthetic study says on every drawing, else empty."""
    spec = vega.specification(chart)
    spec["description"] = f"{stamp}. {description}" if stamp else description
    if stamp:
        spec["title"] = {
            "text": stamp, "fontSize": 11, "color": theme.POOR, "anchor": "end", "offset": 4,
        }  # fmt: skip
    return Figure(figure_id, caption, spec["description"], spec)


def volcanoes(published: Published, contrasts: list[Contrast], *, stamp: str) -> dict[str, Figure]:
    """Return one volcano plot per contrast."""
    frame = published.volcano.to_pandas()
    out: dict[str, Figure] = {}
    for c in contrasts:
        part = frame[frame["contrast_id"] == c.contrast_id]
        chart = volcano(part, alpha=c.alpha, numerator=c.numerator,
                        denominator=words.lower_first(c.denominator),
                        fold_line=c.min_fold if c.min_fold > 1 else 1.5)  # fmt: skip
        out[c.contrast_id] = drawn(
            f"volcano-{len(out) + 1}",
            chart,
            f"{c.title}. Each mark is one of {c.n_tested} targets: the further from the middle, "
            "the larger the difference; the higher, the less like chance. Named triangles are "
            f"those that the rule of the plan found ({c.rule_text}). Dashed line: p = {c.alpha:g} "
            f"for a single test. Solid line: what remains after correction for {c.n_tested} tests. "
            f"Dotted lines: {_fold_words(c)}",
            f"Volcano plot, {c.title}: {c.sentence} The same numbers stand in the table below it.",
            stamp=stamp,
        )
    return out


def _fold_words(c: Contrast) -> str:
    if c.min_fold > 1:
        return f"a fold change of {c.min_fold:g}, which the rule demands too."
    return "a fold change of 1.5, the founding paper's threshold; it decides nothing here."


def score_figures(
    published: Published, outcomes: list[Outcome], *, stamp: str
) -> list[tuple[str, Figure]]:
    """Return one figure per instrument, with the instrument's name."""
    visits = published.rows("visits")
    curves, means = published.curves.to_pandas(), published.outcomes.to_pandas()
    first, second = ("Left", "Right") if len(visits) <= MOST_BESIDE else ("Above", "Below")
    out: list[tuple[str, Figure]] = []
    for scale in published.rows("scales"):
        told = [o for o in outcomes if o.scale_id == scale["scale_id"]]
        if not told:
            continue
        mine = curves[curves["scale_id"] == scale["scale_id"]]
        chart = scores(
            mine,
            means[means["scale_id"] == scale["scale_id"]],
            visits={v["visit"]: v["visit_label"] for v in visits},
            score_range=_range(scale, mine),
            mid_change=_signed_mid(scale),
        )
        spoken = " ".join(f"{o.visit_label}: {o.means} {o.ci}. {o.meaning}" for o in told)
        figure = drawn(
            f"scores-{len(out) + 1}", chart,
            f"{first}: the score of every person at each visit, joined by a line. {second}: the "
            "change of every person; black is the mean change with its 95 % confidence interval"
            + _mid(scale),
            f"{told[0].label} by visit, one line per person. {spoken}",
            stamp=stamp,
        )  # fmt: skip
        out.append((told[0].label, figure))
    return out


def _mid(scale: dict[str, Any]) -> str:
    if scale["mid_score"] is None:
        return "."
    source = f" ({scale['mid_source']})" if scale["mid_source"] else ""
    points = words.number(scale["mid_score"])
    return f"; dashed, the smallest change that matters, {points} points{source}."


def _range(scale: dict[str, Any], curves: pd.DataFrame) -> tuple[float, float]:
    low, high = scale["score_min"], scale["score_max"]
    return (
        float(curves["score"].min()) if low is None else low,
        float(curves["score"].max()) if high is None else high,
    )


def _signed_mid(scale: dict[str, Any]) -> float | None:
    mid = scale["mid_score"]
    if mid is None:
        return None
    return -float(mid) if scale["better_direction"] == "lower" else float(mid)


def quality_figure(published: Published, *, stamp: str) -> Figure | None:
    """Return the strips of array quality; None where there are no spot arrays."""
    arrays = published.arrays.to_pandas()
    if arrays.empty:
        return None
    note = ""
    if len(arrays) > MOST_ARRAYS:
        doubtful = arrays["verdict"] != "ok"
        arrays = pd.concat([arrays[doubtful], arrays[~doubtful]]).head(MOST_ARRAYS).sort_index()
        note = (
            f" {MOST_ARRAYS} of {published.arrays.num_rows} arrays are drawn, doubtful ones first."
        )
    tally = arrays["verdict"].value_counts()
    spoken = ", ".join(f"{n} {verdict}" for verdict, n in tally.items())
    return drawn(
        "array-quality",
        array_quality(arrays),
        "Every array in the order of batch and slide; grey lines part the batches. Green circle: "
        "within the limits. Amber square: watch. Red triangle: poor. Dashed: distance from which "
        f"on an array stands apart from its batch.{note}",
        f"Quality of {len(arrays)} arrays in {len(MEASURES)} measures: {spoken}.",
        stamp=stamp,
    )
