"""A contrast: every method that fits its design, and the checks of what they assume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stats.covariates import cancelled_in_pairs
from stats.design import Levels, Sheet, arm_rows, shares_patients
from stats.methods.bartlett import bartlett
from stats.methods.brown_forsythe import brown_forsythe
from stats.methods.levene import levene
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.plan import Analysis
from stats.recipes.arms import (
    Arms,
    adjustable,
    adjusted_arms,
    contrast_rows,
    is_adjusted,
    methods_for,
    read_arms,
)
from stats.recipes.computed import ADJUSTED_FOR, Computed, Scores, count_present
from stats.recipes.covariates import read_adjustment

PAPER_SHARED = "paper mode: arms share patients, treated as independent"


def contrast(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return every test of a contrast; assumption checks never choose among them."""
    arms = read_arms(analysis, sheet, levels)
    note = _paper_note(analysis, sheet)
    decides = "" if is_adjusted(analysis) else analysis.primary_method
    tests = [
        Computed(name, "", method(arms), name == decides, note)
        for name, method in methods_for(analysis).items()
    ]
    if analysis.mode == "paper":
        return tests
    if analysis.covariates:
        tests += _adjusted(analysis, sheet, levels)
    return tests + (_paired_checks(arms) if arms.paired else _arm_checks(analysis, arms))


def _adjusted(analysis: Analysis, sheet: Sheet, levels: Levels) -> list[Computed]:
    """Return the methods that take covariates; of them the plan's method decides."""
    arms = adjusted_arms(analysis, sheet, levels)
    cancelled = cancelled_in_pairs(analysis, sheet) if arms.paired else ()
    note = read_adjustment(analysis, sheet, contrast_rows(analysis, sheet), cancelled).note
    stratum = ADJUSTED_FOR + ", ".join(analysis.covariates)
    methods = methods_for(analysis)
    return [
        Computed(name, stratum, methods[name](arms), name == analysis.primary_method, note)
        for name in adjustable(analysis)
    ]


def _paper_note(analysis: Analysis, sheet: Sheet) -> str:
    if analysis.mode != "paper":
        return ""
    shared = analysis.pairing == "patient" or shares_patients(arm_rows(analysis, sheet), sheet)
    return PAPER_SHARED if shared else ""


def _arm_checks(analysis: Analysis, arms: Arms) -> list[Computed]:
    a, b = arms.numerator, arms.denominator
    n_a, n_b = count_present(a), count_present(b)
    spreads = {"levene": levene, "brown_forsythe": brown_forsythe, "bartlett": bartlett}
    return [
        *(
            Computed(name, "", replace(test([a, b]), n_numerator=n_a, n_denominator=n_b))
            for name, test in spreads.items()
        ),
        Computed("shapiro_wilk", analysis.numerator_group, shapiro_wilk(a)),
        Computed("shapiro_wilk", analysis.denominator_group, shapiro_wilk(b)),
    ]


def _paired_checks(arms: Arms) -> list[Computed]:
    differences = arms.numerator - arms.denominator
    return [Computed("shapiro_wilk", "difference", shapiro_wilk(differences))]
