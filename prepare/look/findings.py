"""What a person should look at, worst first: each finding with its figure and its limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prepare.look import limits
from prepare.look.layouts import SlideShape
from prepare.look.measures import Array, Surface
from prepare.look.outliers import Apart

BAD, WATCH, NOTE = "bad", "watch", "note"
_WEIGHT = {BAD: 100, WATCH: 10, NOTE: 0}


@dataclass(frozen=True)
class Finding:
    """One thing worth a look.

    Parameters
    ----------
    severity : str
        bad, watch or note.
    array_id : str
        Array it concerns; empty where it is the whole slide.
    detector : str
        What found it.
    text : str
        The figure and the limit, in words.
    """

    severity: str
    slide_id: str
    array_id: str
    detector: str
    text: str


def of_arrays(arrays: Iterable[Array], empty: frozenset[str]) -> Iterator[Finding]:
    """Yield what single arrays show."""
    for array in arrays:
        if array.array_id in empty:
            share = _percent(array.below_limit_frac)
            yield _finding(NOTE, array, "empty", f"looks empty: {share} of its targets lie below "
                           "the detection limit of its own blanks")  # fmt: skip
            continue
        yield from _shares(array)
        yield from _levels(array)


def of_apart(found: Iterable[Apart], arrays: Mapping[str, Array]) -> Iterator[Finding]:
    """Yield arrays that stand apart from the others of their layout."""
    words = {
        "correlation": ("median correlation with the other arrays", "{:.3f}"),
        "level": ("median net level", "{:,.0f} afu"),
        "background": ("median background", "{:,.0f} afu"),
    }
    for one in found:
        label, form = words[one.detector]
        is_poor = one.detector == "correlation" and one.figure < limits.MIN_CORRELATION
        yield _finding(
            BAD if is_poor else WATCH, arrays[one.array_id], one.detector,
            f"stands apart: {label} {form.format(one.figure)}, usual {form.format(one.usual)} "
            f"(modified z {one.z:+.1f}, limit ±3.5)",
        )  # fmt: skip


def of_surfaces(surfaces: Iterable[Surface]) -> Iterator[Finding]:
    """Yield backgrounds that slope, or differ at the edge."""
    for surface in surfaces:
        change = surface.change_afu or 0.0
        r_squared = surface.r_squared or 0.0
        is_slope = (
            surface.background_afu > 0
            and r_squared >= limits.GRADIENT_R_SQUARED
            and change >= limits.GRADIENT_CHANGE_FRAC * surface.background_afu
        )
        if is_slope:
            yield Finding(WATCH, surface.slide_id, "", "gradient",
                          f"the background slopes: {gradient_text(surface)}, R² {r_squared:.2f}; "
                          f"{change:,.0f} afu from end to end at a median of "
                          f"{surface.background_afu:,.0f}")  # fmt: skip
        ratio = surface.edge_ratio
        if ratio is not None and ratio > 0 and max(ratio, 1 / ratio) >= limits.EDGE_RATIO:
            yield Finding(WATCH, surface.slide_id, "", "edge",
                          f"the background at the edge is {ratio:.2f} times that inside "
                          f"(limit {limits.EDGE_RATIO:g})")  # fmt: skip


def of_shapes(shapes: Iterable[SlideShape]) -> Iterator[Finding]:
    """Yield slides that are printed otherwise than most."""
    for shape in shapes:
        if shape.layout > 1:
            yield Finding(BAD, shape.slide_id, "", "layout",
                          f"another layout (number {shape.layout}) than the commonest one; "
                          f"{shape.difference}")  # fmt: skip


def of_rows(slide_id: str, set_aside: int, first: str) -> Iterator[Finding]:
    """Yield rows that a load would set aside."""
    if set_aside:
        yield Finding(WATCH, slide_id, "", "rows",
                      f"{set_aside} {'row' if set_aside == 1 else 'rows'} would be set aside; "
                      f"the first: {first}")  # fmt: skip


def of_same_scan(groups: Iterable[tuple[str, ...]]) -> Iterator[Finding]:
    """Yield files that state one and the same scan."""
    for group in groups:
        for slide_id in group[1:]:
            yield Finding(WATCH, slide_id, "", "same scan",
                          f"the file states the same second and scanner as {group[0]}: one scan "
                          "exported twice?")  # fmt: skip


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """Return findings, those of the worst slides first."""
    findings = list(found)
    weights = slide_weights(findings)
    return sorted(findings, key=lambda f: (-_WEIGHT[f.severity], -weights[f.slide_id],
                                           f.slide_id, f.array_id))  # fmt: skip


def slide_weights(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how heavy the findings of each slide weigh together."""
    weights: dict[str, int] = {}
    for one in findings:
        weights[one.slide_id] = weights.get(one.slide_id, 0) + _WEIGHT[one.severity]
    return weights


def gradient_text(surface: Surface) -> str:
    """Return the plane's slopes in words."""
    if surface.across is None or surface.along is None:
        return "no plane fits"
    per = ("afu/cm", "afu/cm") if surface.has_places else ("afu/column", "afu/row")
    return f"{surface.across:+,.1f} {per[0]} across, {surface.along:+,.1f} {per[1]} along"


def _shares(array: Array) -> Iterator[Finding]:
    for metric, detector, value in (
        ("saturated_frac", "saturation", array.saturated_frac),
        ("flagged_frac", "flags", array.flagged_frac),
        ("cv_median_frac", "duplicate CV", array.cv_median_frac),
    ):
        limit = limits.array_limits()[metric]
        if value is None or value <= limit.watch:
            continue
        is_poor = value > limit.poor
        passed = limit.poor if is_poor else limit.watch
        yield _finding(BAD if is_poor else WATCH, array, detector,
                       f"{limit.label} {_percent(value)} (limit {_percent(passed)})")  # fmt: skip


def _levels(array: Array) -> Iterator[Finding]:
    raised = limits.gate_threshold("background_level")
    if array.background_afu is not None and array.background_afu > raised:
        yield _finding(BAD, array, "background", f"median background {array.background_afu:,.0f} "
                       f"afu (limit {raised:,.0f})")  # fmt: skip
    if array.level_afu is None or array.level_afu <= 0:
        level = "absent" if array.level_afu is None else f"{array.level_afu:,.0f} afu"
        yield _finding(BAD, array, "level", f"the median net level is {level} (limit: above 0)")
    positive, negative = array.positive_control_afu, array.negative_control_afu
    if positive is not None and negative is not None and positive <= negative:
        yield _finding(BAD, array, "controls", f"positive controls ({positive:,.0f} afu) are not "
                       f"above negative ones ({negative:,.0f} afu)")  # fmt: skip
    if array.n_unknown:
        yield _finding(WATCH, array, "names", f"{array.n_unknown} spots bear names that the "
                       "recognised panel does not have")  # fmt: skip


def _finding(severity: str, array: Array, detector: str, text: str) -> Finding:
    return Finding(severity, array.slide_id, array.array_id, detector, text)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
