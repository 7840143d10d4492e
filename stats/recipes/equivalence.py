"""Equivalence: is the difference of two independent groups too small to matter?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stats.design import Levels, Sheet
from stats.methods.tost import equivalence_verdict, tost
from stats.methods.welch_t import welch_t
from stats.multiplicity import benjamini_hochberg
from stats.plan import Analysis
from stats.recipes.arms import read_arms
from stats.recipes.computed import CONFIDENCE, Computed, Scores


def equivalence(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return two one-sided tests and the test of a difference; both give the verdict together."""
    arms = read_arms(analysis, sheet, levels)
    both = (arms.numerator, arms.denominator)
    difference = welch_t(*both, confidence=CONFIDENCE)
    within = tost(*both, margin_log2=arms.least_log2, confidence=CONFIDENCE)
    verdict = equivalence_verdict(
        benjamini_hochberg(difference.p_value),
        benjamini_hochberg(within.p_value),
        alpha=analysis.alpha,
    )
    primary = analysis.primary_method
    return [
        Computed("tost", "", replace(within, verdict=verdict), primary == "tost"),
        Computed("welch_t", "", difference, primary == "welch_t"),
    ]
