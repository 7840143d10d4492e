"""Which methods an analysis of the plan asks for, and on which matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from contracts import failure
from stats.design import Levels, Sheet
from stats.plan import Analysis
from stats.recipes.association import change_correlation, correlation
from stats.recipes.computed import CONFIDENCE, Computed, Scores, VisitScores
from stats.recipes.contrast import contrast
from stats.recipes.equivalence import equivalence
from stats.recipes.omnibus import omnibus

__all__ = ["CONFIDENCE", "Computed", "Scores", "VisitScores", "compute"]

_Recipe = Callable[[Analysis, Sheet, Levels, Scores, Sequence[Analysis]], list[Computed]]

_RECIPES: Mapping[str, _Recipe] = {
    "contrast": contrast,
    "equivalence": equivalence,
    "omnibus": omnibus,
    "correlation": correlation,
    "change_correlation": change_correlation,
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

    Raises
    ------
    CytomartError
        The plan's primary method is none that is computed.
    """
    recipe = _RECIPES.get(analysis.kind)
    computed = recipe(analysis, sheet, levels, scores, analyses) if recipe else []
    if not any(c.is_primary for c in computed):
        raise failure(
            f"primary_method {analysis.primary_method} of kind {analysis.kind} is not computed",
            where=analysis.where,
            allowed=", ".join(sorted({c.method for c in computed})) or "another kind",
            remedy="name another one",
        )
    return computed
