"""Which methods an analysis of the plan asks for, and on which matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from stats.design import Levels, Sheet
from stats.plan import Analysis
from stats.recipes.association import association
from stats.recipes.computed import CONFIDENCE, Computed, Scores, VisitScores
from stats.recipes.contrast import contrast, primary_result
from stats.recipes.omnibus import omnibus

__all__ = ["CONFIDENCE", "Computed", "Scores", "VisitScores", "compute", "primary_result"]

_Recipe = Callable[[Analysis, Sheet, Levels, Scores, Sequence[Analysis]], list[Computed]]

_RECIPES: Mapping[str, _Recipe] = {
    "contrast": contrast,
    "omnibus": omnibus,
    "correlation": association,
}


def compute(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return the results of every method that the analysis asks for.

    Parameters
    ----------
    analyses : all of the study, for the names and directions of its contrasts
    """
    return _RECIPES[analysis.kind](analysis, sheet, levels, scores, analyses)
