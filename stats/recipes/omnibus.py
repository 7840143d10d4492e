"""Several groups at once: the tests of all, the pairs after them, and the checks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stats.design import Levels, Sheet, group_rows, shares_patients
from stats.methods.anova_oneway import anova_oneway
from stats.methods.levene import levene
from stats.plan import Analysis
from stats.recipes.computed import Computed, Scores

OMNIBUS_SHARED = "independence violated: the groups share patients"


def omnibus(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return the tests of all groups of the analysis's grouping."""
    rows = list(group_rows(analysis, sheet).values())
    note = OMNIBUS_SHARED if shares_patients(rows, sheet) else ""
    # A study of which fewer than two groups have arrived still gets rows that say so.
    rows += [np.array([], dtype=np.intp)] * (2 - len(rows))
    groups = [levels.take(r) for r in rows]
    return [
        Computed("anova_oneway", "", anova_oneway(groups),
                 analysis.primary_method == "anova_oneway", note),
        Computed("levene", "", levene(groups), note=note),
    ]  # fmt: skip
