"""Which methods an analysis of the plan asks for, and on which matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from stats.design import (
    Levels,
    Sheet,
    arm_rows,
    chosen_rows,
    group_rows,
    pair_rows,
    shares_patients,
)
from stats.methods.anova_oneway import anova_oneway
from stats.methods.arrays import Floats, Ints
from stats.methods.levene import levene
from stats.methods.paired_t import paired_t
from stats.methods.pearson import pearson
from stats.methods.result import MethodResult
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.methods.student_t import student_t
from stats.methods.welch_t import welch_t
from stats.plan import Analysis

#: Coverage of every interval: the contract promises 95 %.
CONFIDENCE = 0.95

PAPER_SHARED = "paper mode: arms share patients, treated as independent"
OMNIBUS_SHARED = "independence violated: the groups share patients"


@dataclass(frozen=True)
class VisitScores:
    """One instrument at one visit: the score of each patient (points, NaN where missing), and
    how many patients have several treated sites and so no single score.
    """

    by_patient: Mapping[str, float]
    n_several_sites: int = 0


#: By (instrument, visit).
Scores = Mapping[tuple[str, str], VisitScores]


@dataclass(frozen=True)
class Computed:
    """One method's result within an analysis; `note` is what the reader must know beside it."""

    method: str
    stratum: str
    result: MethodResult
    note: str = ""


def compute(analysis: Analysis, sheet: Sheet, levels: Levels, scores: Scores) -> list[Computed]:
    """Return the results of every method that the analysis asks for."""
    if analysis.kind == "correlation":
        return _correlation(analysis, sheet, levels, scores)
    return _RECIPES[_recipe_name(analysis)](analysis, sheet, levels)


def compute_primary(analysis: Analysis, sheet: Sheet, levels: Levels) -> MethodResult:
    """Return the result of a contrast's primary method alone."""
    method = _DIFFERENCES[analysis.primary_method]
    rows = pair_rows if analysis.pairing == "patient" else arm_rows
    return method(*(levels.take(r) for r in rows(analysis, sheet)), confidence=CONFIDENCE)


def _recipe_name(analysis: Analysis) -> str:
    if analysis.kind == "omnibus":
        return "omnibus"
    return "paper" if analysis.mode == "paper" else analysis.pairing


def _independent(analysis: Analysis, sheet: Sheet, levels: Levels) -> list[Computed]:
    a, b = (levels.take(rows) for rows in arm_rows(analysis, sheet))
    spread = levene([a, b])
    by_arm = replace(spread, n_numerator=_present(a), n_denominator=_present(b))
    return [
        Computed("welch_t", "", welch_t(a, b, confidence=CONFIDENCE)),
        Computed("student_t", "", student_t(a, b, confidence=CONFIDENCE)),
        Computed("levene", "", by_arm),
        Computed("shapiro_wilk", analysis.numerator_group, shapiro_wilk(a)),
        Computed("shapiro_wilk", analysis.denominator_group, shapiro_wilk(b)),
    ]


def _paired(analysis: Analysis, sheet: Sheet, levels: Levels) -> list[Computed]:
    a, b = (levels.take(rows) for rows in pair_rows(analysis, sheet))
    return [
        Computed("paired_t", "", paired_t(a, b, confidence=CONFIDENCE)),
        Computed("shapiro_wilk", "difference", shapiro_wilk(a - b)),
    ]


def _paper(analysis: Analysis, sheet: Sheet, levels: Levels) -> list[Computed]:
    arms = arm_rows(analysis, sheet)
    shared = analysis.pairing == "patient" or shares_patients(arms, sheet)
    result = student_t(*(levels.take(rows) for rows in arms), confidence=CONFIDENCE)
    return [Computed("student_t", "", result, PAPER_SHARED if shared else "")]


def _omnibus(analysis: Analysis, sheet: Sheet, levels: Levels) -> list[Computed]:
    rows = list(group_rows(analysis, sheet).values())
    note = OMNIBUS_SHARED if shares_patients(rows, sheet) else ""
    # A study of which fewer than two groups have arrived still gets rows that say so.
    rows += [np.array([], dtype=np.intp)] * (2 - len(rows))
    groups = [levels.take(r) for r in rows]
    return [
        Computed("anova_oneway", "", anova_oneway(groups), note),
        Computed("levene", "", levene(groups), note),
    ]


def _correlation(
    analysis: Analysis, sheet: Sheet, levels: Levels, scores: Scores
) -> list[Computed]:
    rows = chosen_rows(analysis, sheet)
    at_visit = scores.get((analysis.outcome, analysis.visit), VisitScores({}))
    patients = sheet.patients(rows.tolist())
    column = np.array([at_visit.by_patient.get(p, np.nan) for p in patients], dtype=np.float64)
    result = pearson(levels.take(rows), column, confidence=CONFIDENCE)
    several = at_visit.n_several_sites
    note = f"{several} patients with several sites have no single score" if several else ""
    return [Computed("pearson", f"{analysis.outcome}@{analysis.visit}", result, note)]


def _present(matrix: Floats) -> Ints:
    counts: Ints = np.asarray(np.sum(~np.isnan(matrix), axis=0), dtype=np.int64)
    return counts


#: Methods that compare two arms, by name.
_DIFFERENCES: Mapping[str, Callable[..., MethodResult]] = {
    "welch_t": welch_t,
    "student_t": student_t,
    "paired_t": paired_t,
}

_RECIPES: Mapping[str, Callable[[Analysis, Sheet, Levels], list[Computed]]] = {
    "independent": _independent,
    "patient": _paired,
    "paper": _paper,
    "omnibus": _omnibus,
}
