"""Several groups at once: the tests of all, the pairs after them, and the checks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from contracts.plans import WHOLE
from stats.design import (
    Levels,
    Rows,
    Sheet,
    group_rows,
    shares_patients,
)
from stats.methods.anova_oneway import anova_oneway
from stats.methods.arrays import Floats
from stats.methods.bartlett import bartlett
from stats.methods.block_moderated_t import block_moderated_t
from stats.methods.brown_forsythe import brown_forsythe
from stats.methods.games_howell import games_howell
from stats.methods.kruskal import kruskal
from stats.methods.levene import levene
from stats.methods.mixed_model import mixed_model
from stats.methods.result import swapped
from stats.methods.tukey_hsd import tukey_hsd
from stats.methods.welch_anova import welch_anova
from stats.plan import Analysis
from stats.recipes.computed import CONFIDENCE, Computed, Scores, joined
from stats.recipes.covariates import read_adjustment

SENSITIVITY = "sensitivity analysis: one correlation within patients for all targets"
OMNIBUS_SHARED = "independence violated: the groups share patients"
#: Numerator and denominator group by the name of their contrast.
_Pairs = dict[str, tuple[str, str]]


def omnibus(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    scores: Scores,
    analyses: Sequence[Analysis],
) -> list[Computed]:
    """Return the tests of all groups of the analysis's grouping."""
    rows = group_rows(analysis, sheet)
    note = OMNIBUS_SHARED if shares_patients(rows.values(), sheet) else ""
    groups = [levels.take(r) for r in rows.values()]
    # A study of which fewer than two groups have arrived still gets rows that say so.
    absent = np.empty((0, len(levels.analyte_ids)))
    groups += [absent] * (2 - len(groups))
    found = _plain(analysis, groups, note)
    if analysis.mode == "paper":
        return found
    pairs = named_pairs(list(rows), analysis, analyses)
    if analysis.pairing == "patient":
        return found + _within_patients(analysis, sheet, levels, rows, pairs)
    return found + _post_hoc(list(rows), groups, pairs)


def _plain(analysis: Analysis, groups: list[Floats], note: str) -> list[Computed]:
    tests = {"anova_oneway": anova_oneway, "levene": levene}
    if analysis.mode != "paper":
        tests |= {"kruskal": kruskal, "brown_forsythe": brown_forsythe, "bartlett": bartlett}
    if analysis.mode != "paper" and analysis.pairing != "patient":
        tests["welch_anova"] = welch_anova
    primary = analysis.primary_method
    return [Computed(name, "", test(groups), name == primary, note) for name, test in tests.items()]


def _post_hoc(codes: list[str], groups: list[Floats], pairs: _Pairs) -> list[Computed]:
    if len(codes) < 2:
        return []
    place = {code: i for i, code in enumerate(codes)}
    found = []
    for name, method in (("tukey_hsd", tukey_hsd), ("games_howell", games_howell)):
        later_over_earlier = method(groups, confidence=CONFIDENCE)
        for contrast_id, (above, below) in pairs.items():
            i, j = place[above], place[below]
            result = later_over_earlier[i, j] if i > j else swapped(later_over_earlier[j, i])
            found.append(Computed(name, "", result, contrast_id=contrast_id))
    return found


def _within_patients(
    analysis: Analysis, sheet: Sheet, levels: Levels, rows: dict[str, Rows], pairs: _Pairs
) -> list[Computed]:
    """Return the models with a random patient: all samples, incomplete pairs included."""
    chosen = np.concatenate([*rows.values(), np.array([], dtype=np.intp)])
    codes = [code for code, r in rows.items() for _ in r]
    patients = sheet.patients(chosen.tolist())
    matrix, covariates, note = levels.take(chosen), None, ""
    if analysis.covariates:
        adjustment = read_adjustment(analysis, sheet, chosen)
        matrix, covariates = adjustment.masked(matrix), adjustment.matrix
        note = adjustment.note
    mixed = mixed_model(
        matrix, codes, patients, pairs, covariates=covariates, confidence=CONFIDENCE
    )
    block = block_moderated_t(
        matrix, codes, patients, pairs, covariates=covariates, confidence=CONFIDENCE
    )
    primary = analysis.primary_method == "mixed_model"
    return [
        Computed("mixed_model", "", mixed.omnibus, primary, note),
        *(
            Computed("mixed_model", "", result, note=note, contrast_id=name)
            for name, result in mixed.contrasts.items()
        ),
        *(
            Computed(
                "block_moderated_t", "", result, note=joined(note, SENSITIVITY), contrast_id=name
            )
            for name, result in block.items()
        ),
    ]  # fmt: skip


def named_pairs(codes: list[str], analysis: Analysis, analyses: Sequence[Analysis]) -> _Pairs:
    """Return every pair of groups under the name and in the direction of its planned contrast.

    A pair that no contrast of the same grouping, subset and visit compares is named
    `later_vs_earlier`, in the order of the codes.
    """
    planned = {
        frozenset((a.numerator_group, a.denominator_group)): (
            a.contrast_id,
            (a.numerator_group, a.denominator_group),
        )
        for a in reversed(analyses)
        if a.kind == "contrast" and a.contrast_id != WHOLE and _samples(a) == _samples(analysis)
    }
    named: _Pairs = {}
    for first, second in combinations(codes, 2):
        own = (f"{second}_vs_{first}", (second, first))
        name, arms = planned.get(frozenset((first, second)), own)
        named[name if name not in named else f"{own[0]} of {analysis.analysis_id}"] = arms
    return named


def _samples(analysis: Analysis) -> tuple[object, ...]:
    return analysis.grouping, analysis.subset, analysis.visit
