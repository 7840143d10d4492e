"""Levels against the scores of the same patients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stats.design import Levels, Sheet, chosen_rows
from stats.methods.pearson import pearson
from stats.plan import Analysis
from stats.recipes.computed import CONFIDENCE, Computed, Scores, VisitScores


def association(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return the correlations of every target with one instrument."""
    rows = chosen_rows(analysis, sheet)
    at_visit = scores.get((analysis.outcome, analysis.visit), VisitScores({}))
    patients = sheet.patients(rows.tolist())
    column = np.array([at_visit.by_patient.get(p, np.nan) for p in patients], dtype=np.float64)
    result = pearson(levels.take(rows), column, confidence=CONFIDENCE)
    several = at_visit.n_several_sites
    note = f"{several} patients with several sites have no single score" if several else ""
    stratum = f"{analysis.outcome}@{analysis.visit}"
    return [Computed("pearson", stratum, result, analysis.primary_method == "pearson", note)]
