"""Levels against the scores of the same patients, at one visit or as changes since baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stats.design import (
    ABSENT,
    Levels,
    Rows,
    Sheet,
    change_rows,
    chosen_rows,
)
from stats.methods.arrays import Floats
from stats.methods.change_on_change import change_on_change
from stats.methods.partial_changes import pearson_of_changes, spearman_of_changes
from stats.methods.pearson import pearson
from stats.methods.spearman import spearman
from stats.plan import Analysis
from stats.recipes.computed import (
    ADJUSTED_FOR,
    CONFIDENCE,
    Computed,
    Scores,
    VisitScores,
    joined,
)
from stats.recipes.covariates import read_adjustment

#: Methods of changes by name; the first decides.
_CHANGES = {
    "change_on_change": change_on_change,
    "pearson": pearson_of_changes,
    "spearman": spearman_of_changes,
}


def correlation(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return the correlations of every target with one instrument at one visit.

    With covariates the partial correlation stands beside the plain one, and is the primary one.
    """
    rows = chosen_rows(analysis, sheet)
    column = _scores_of(sheet.patients(rows.tolist()), analysis, analysis.visit, scores)
    matrix = levels.take(rows)
    note = _several_sites(analysis, [analysis.visit], scores)
    stratum = f"{analysis.outcome}@{analysis.visit}"
    plain = {
        "pearson": pearson(matrix, column, confidence=CONFIDENCE),
        "spearman": spearman(matrix, column, confidence=CONFIDENCE),
    }
    adjusted = bool(analysis.covariates)
    found = [
        Computed(name, stratum, result, name == analysis.primary_method and not adjusted, note)
        for name, result in plain.items()
    ]
    if adjusted:
        adjustment = read_adjustment(analysis, sheet, rows)
        partial = pearson(
            adjustment.masked(matrix),
            column,
            confidence=CONFIDENCE,
            covariates=adjustment.matrix,
        )
        name = f"{ADJUSTED_FOR}{', '.join(analysis.covariates)} {stratum}"
        told = joined(note, adjustment.note)
        found.append(Computed("pearson", name, partial, is_primary=True, note=told))
    return found


def change_correlation(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return how every target's change goes with the change of one instrument.

    The slope decides; the partial correlations beside it, by values and by ranks, have intervals
    that compare with those of one visit.
    """
    after, before = change_rows(analysis, sheet)
    patients = _patients(sheet, after, before)
    baseline = baseline_visit(sheet)
    values = (
        levels.take(before),
        levels.take(after),
        _scores_of(patients, analysis, baseline, scores),
        _scores_of(patients, analysis, analysis.visit, scores),
    )
    note = _several_sites(analysis, [baseline, analysis.visit], scores)
    stratum = f"{analysis.outcome}@{analysis.visit}"
    return [
        Computed(
            name, stratum, method(*values, confidence=CONFIDENCE), is_primary=i == 0, note=note
        )
        for i, (name, method) in enumerate(_CHANGES.items())
    ]


def baseline_visit(sheet: Sheet) -> str:
    """Return the code of the baseline visit, '' where no sample is of it."""
    pairs = zip(sheet.columns["visit"], sheet.columns["is_baseline"], strict=True)
    return next((visit for visit, is_baseline in pairs if is_baseline == "true"), "")


def _patients(sheet: Sheet, after: Rows, before: Rows) -> list[str]:
    known = np.where(after == ABSENT, before, after)
    return sheet.patients(known.tolist())


def _scores_of(patients: list[str], analysis: Analysis, visit: str, scores: Scores) -> Floats:
    at_visit = scores.get((analysis.outcome, visit), VisitScores({}))
    return np.array([at_visit.by_patient.get(p, np.nan) for p in patients], dtype=np.float64)


def _several_sites(analysis: Analysis, visits: list[str], scores: Scores) -> str:
    counts = [scores.get((analysis.outcome, v), VisitScores({})).n_several_sites for v in visits]
    several = max(counts)
    return f"{several} patients with several sites have no single score" if several else ""
