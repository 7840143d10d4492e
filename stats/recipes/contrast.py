"""A contrast: every method that fits its design, and the checks of what they assume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stats.design import Levels, Sheet, arm_rows, shares_patients
from stats.methods.levene import levene
from stats.methods.result import MethodResult
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.plan import Analysis
from stats.recipes.arms import Arms, methods_for, read_arms
from stats.recipes.computed import Computed, Scores, count_present

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
    tests = [
        Computed(name, "", method(arms), name == analysis.primary_method, note)
        for name, method in methods_for(analysis).items()
    ]
    if analysis.mode == "paper":
        return tests
    return tests + (_paired_checks(arms) if arms.paired else _arm_checks(analysis, arms))


def primary_result(analysis: Analysis, sheet: Sheet, levels: Levels) -> MethodResult:
    """Return the result of a contrast's primary method alone."""
    return methods_for(analysis)[analysis.primary_method](read_arms(analysis, sheet, levels))


def _paper_note(analysis: Analysis, sheet: Sheet) -> str:
    if analysis.mode != "paper":
        return ""
    shared = analysis.pairing == "patient" or shares_patients(arm_rows(analysis, sheet), sheet)
    return PAPER_SHARED if shared else ""


def _arm_checks(analysis: Analysis, arms: Arms) -> list[Computed]:
    a, b = arms.numerator, arms.denominator
    n_a, n_b = count_present(a), count_present(b)
    return [
        Computed("levene", "", replace(levene([a, b]), n_numerator=n_a, n_denominator=n_b)),
        Computed("shapiro_wilk", analysis.numerator_group, shapiro_wilk(a)),
        Computed("shapiro_wilk", analysis.denominator_group, shapiro_wilk(b)),
    ]


def _paired_checks(arms: Arms) -> list[Computed]:
    differences = arms.numerator - arms.denominator
    return [Computed("shapiro_wilk", "difference", shapiro_wilk(differences))]
