"""Which results of the primary analysis a decision changes: two builds, compared row by row."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from cytomart.front import Front

_RESULTS = """
    select contrast_id, analyte_id, analyte_name, verdict, change_log2fc, p_adjusted
    from reporting.rpt_differential where study_id = ? order by contrast_id, analyte_name
"""
_SAMPLES = "select count(*) from marts.dim_samples where study_id = ? and not is_excluded"
_SPOTS = """
    select count(*) from intermediate.int_spots_background_subtracted as s
    inner join intermediate.int_variants_selected as v
        on s.study_id = v.study_id and s.background_method = v.background_method
    where s.study_id = ? and v.is_primary_variant and s.is_kept and s.sample_id is not null
"""
_LEVELS = """
    select count(*) from marts.fct_measurements
    where study_id = ? and is_primary_variant and level_log2 is not null
"""
_HITS = ("higher", "lower")
#: Numbers closer than this are one number that was summed in another order.
_SAME = 1e-9


@dataclass(frozen=True)
class Result:
    """One target of one contrast."""

    analyte_name: str
    verdict: str
    change_log2fc: float | None
    p_adjusted: float | None


@dataclass(frozen=True)
class Standing:
    """The primary analysis of a study, and how much of the measurements is in it."""

    results: dict[tuple[str, str], Result]
    n_samples: int
    n_spots: int
    n_levels: int


@dataclass(frozen=True)
class HitChange:
    """A hit that was gained or lost, or points the other way."""

    contrast_id: str
    analyte_id: str
    analyte_name: str
    what: str
    before: Result | None
    after: Result | None


@dataclass(frozen=True)
class Comparison:
    """What is different after a decision; `n_…_out` is below 0 for what came back.

    `n_moved` counts results of which change or adjusted p is another number, `n_dropped` those
    that are no longer computed.
    """

    hits: tuple[HitChange, ...]
    n_results: int
    n_moved: int
    n_dropped: int
    n_samples_out: int
    n_spots_out: int
    n_levels_out: int


def standing(con: duckdb.DuckDBPyConnection, study_id: str) -> Standing:
    """Return what the built tables say of a study."""
    results = {
        (row[0], row[1]): Result(*row[2:]) for row in con.execute(_RESULTS, [study_id]).fetchall()
    }
    counts = [con.execute(q, [study_id]).fetchall()[0][0] for q in (_SAMPLES, _SPOTS, _LEVELS)]
    return Standing(results, *counts)


def compare(before: Standing, after: Standing) -> Comparison:
    """Return what is different, every changed hit by contrast and target."""
    pairs = [
        (key, before.results.get(key), after.results.get(key))
        for key in sorted({*before.results, *after.results})
    ]
    hits = tuple(
        HitChange(*key, (new or old).analyte_name, what, old, new)  # type: ignore[union-attr]
        for key, old, new in pairs
        if (what := _what(_hit(old), _hit(new)))
    )
    return Comparison(
        hits,
        n_results=len(pairs),
        n_moved=sum(_is_moved(old, new) for _, old, new in pairs),
        n_dropped=sum(_is_computed(old) and not _is_computed(new) for _, old, new in pairs),
        n_samples_out=before.n_samples - after.n_samples,
        n_spots_out=before.n_spots - after.n_spots,
        n_levels_out=before.n_levels - after.n_levels,
    )


def tell(front: Front, found: Comparison, *, is_preview: bool) -> None:
    """Say a comparison to a person."""
    word = "would change" if is_preview else "changed"
    front.show(f"Hits that {word}:", ["contrast", "target", "what", "before", "after"], [
        [h.contrast_id, h.analyte_name, h.what, _words(h.before), _words(h.after)]
        for h in found.hits
    ])  # fmt: skip
    by_kind = {k: sum(h.what == k for h in found.hits) for k in ("gained", "lost", "sign")}
    front.say(
        f"Out of the numbers: {_count(found.n_samples_out, 'sample')}, "
        f"{_count(found.n_spots_out, 'spot')}, {_count(found.n_levels_out, 'level')}."
    )
    front.say(
        f"Hits of the primary analysis: {by_kind['gained']} gained, {by_kind['lost']} lost, "
        f"{by_kind['sign']} of other sign; {found.n_moved} of {found.n_results} results moved, "
        f"{found.n_dropped} no longer computed."
    )


def facts(found: Comparison) -> dict[str, Any]:
    """Return a comparison, for machines."""
    return asdict(found)


def _what(old: str, new: str) -> str:
    if old == new:
        return ""
    if not old:
        return "gained"
    return "sign" if new else "lost"


def _hit(result: Result | None) -> str:
    return result.verdict if result is not None and result.verdict in _HITS else ""


def _is_computed(result: Result | None) -> bool:
    return result is not None and result.p_adjusted is not None


def _is_moved(old: Result | None, new: Result | None) -> bool:
    if old is None or new is None:
        return True
    return not (
        _is_same(old.change_log2fc, new.change_log2fc)
        and _is_same(old.p_adjusted, new.p_adjusted)
    )  # fmt: skip


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME)


def _words(result: Result | None) -> str:
    if result is None:
        return "no row"
    if result.p_adjusted is None or result.change_log2fc is None:
        return "not computed"
    return f"{result.change_log2fc:+.2f} log2, BH p {result.p_adjusted:.2g}"


def _count(number: int, noun: str) -> str:
    plural = noun if abs(number) == 1 else f"{noun}s"
    return f"{-number} {plural} back in" if number < 0 else f"{number} {plural}"
