"""The two arms of a contrast as matrices, and the methods that compare two arms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from stats.design import Levels, Rows, Sheet, arm_rows, pair_rows
from stats.methods.arrays import Flags, Floats
from stats.methods.mann_whitney import mann_whitney
from stats.methods.moderated_t import moderated_t, moderated_t_groups, moderated_t_pairs
from stats.methods.moments import shared_moments
from stats.methods.paired_t import paired_t
from stats.methods.result import MethodResult
from stats.methods.student_t import student_t
from stats.methods.treat import treat_groups, treat_pairs
from stats.methods.welch_t import welch_t
from stats.methods.wilcoxon_signed_rank import wilcoxon_signed_rank
from stats.plan import Analysis
from stats.recipes.computed import CONFIDENCE
from stats.recipes.covariates import read_adjustment


@dataclass(frozen=True)
class Arms:
    """Levels of two arms; rows of a pair stand in the same place.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
    paired : whether row i of both belongs to one patient
    least_log2 : smallest difference that matters (log2 units), for `treat` and `tost`
    covariates : (n_samples, n_covariates) of both arms, or None for no adjustment
    """

    numerator: Floats
    denominator: Floats
    paired: bool
    least_log2: float
    covariates: tuple[Floats, Floats] | None = None

    def swapped_covariates(self, kept: Flags) -> tuple[Floats, Floats] | None:
        """Return the covariates of pairs whose labels are swapped: they stay with their samples.

        Parameters
        ----------
        kept : (n_pairs, 1), False where the two samples of a pair change their labels
        """
        if self.covariates is None:
            return None
        above, below = self.covariates
        return np.where(kept, above, below), np.where(kept, below, above)

    def relabeled_covariates(self, above: Flags) -> tuple[Floats, Floats] | None:
        """Return the covariates of samples that are labelled anew.

        Parameters
        ----------
        above : (n_samples of both arms,), True for the new numerator
        """
        if self.covariates is None:
            return None
        whole = np.concatenate(self.covariates)
        return whole[above], whole[~above]


Method = Callable[[Arms], MethodResult]


def _moderated(*, trend: bool, robust: bool) -> Method:
    def method(arms: Arms) -> MethodResult:
        levels = (arms.numerator, arms.denominator)
        if arms.paired and arms.covariates is not None:
            return _adjusted_pairs(arms, arms.covariates, trend=trend, robust=robust)
        if arms.paired:
            return moderated_t_pairs(*levels, trend=trend, robust=robust, confidence=CONFIDENCE)
        return moderated_t_groups(
            *levels,
            covariates=arms.covariates,
            trend=trend,
            robust=robust,
            confidence=CONFIDENCE,
        )

    return method


def _adjusted_pairs(
    arms: Arms, covariates: tuple[Floats, Floats], *, trend: bool, robust: bool
) -> MethodResult:
    """Return the change at equal covariates: differences of levels on differences of covariates."""
    shift = covariates[0] - covariates[1]
    design = np.column_stack([np.ones(len(shift)), shift])
    change = np.eye(design.shape[1])[0]
    differences = arms.numerator - arms.denominator
    found = moderated_t(
        differences, design, change, trend=trend, robust=robust, confidence=CONFIDENCE
    )
    n = found.n_numerator
    return replace(found, n_denominator=n, n_pairs=n, effect_size_kind="moderated_dz")


def _treat(arms: Arms) -> MethodResult:
    levels = (arms.numerator, arms.denominator)
    least = arms.least_log2
    if arms.paired:
        return treat_pairs(
            *levels, minimum_log2fc=least, trend=False, robust=False, confidence=CONFIDENCE
        )
    return treat_groups(
        *levels,
        covariates=arms.covariates,
        minimum_log2fc=least,
        trend=False,
        robust=False,
        confidence=CONFIDENCE,
    )


#: The moderated t and how it changes when its own assumptions do.
_MODERATED: Mapping[str, Method] = {
    "moderated_t": _moderated(trend=False, robust=False),
    "moderated_t_trend": _moderated(trend=True, robust=False),
    "moderated_t_robust": _moderated(trend=False, robust=True),
    "treat": _treat,
}
#: Methods for independent arms.
INDEPENDENT: Mapping[str, Method] = {
    "welch_t": lambda a: welch_t(a.numerator, a.denominator, confidence=CONFIDENCE),
    "student_t": lambda a: student_t(a.numerator, a.denominator, confidence=CONFIDENCE),
    **_MODERATED,
    "mann_whitney": lambda a: mann_whitney(a.numerator, a.denominator, confidence=CONFIDENCE),
}
#: Methods for arms that are paired by patient.
PAIRED: Mapping[str, Method] = {
    "paired_t": lambda a: paired_t(a.numerator, a.denominator, confidence=CONFIDENCE),
    **_MODERATED,
    "wilcoxon_signed_rank": lambda a: wilcoxon_signed_rank(
        a.numerator, a.denominator, confidence=CONFIDENCE
    ),
}
#: Methods that take covariates, of independent and of paired arms.
ADJUSTABLE: Mapping[bool, tuple[str, ...]] = {
    False: ("moderated_t", "treat"),
    True: ("moderated_t",),
}


def methods_for(analysis: Analysis) -> Mapping[str, Method]:
    """Return the methods that a contrast runs, by name."""
    if analysis.mode == "paper":
        return {"student_t": INDEPENDENT["student_t"]}
    return PAIRED if is_paired(analysis) else INDEPENDENT


def primary_method(analysis: Analysis) -> Method:
    """Return the method that the plan names."""
    return methods_for(analysis)[analysis.primary_method]


def is_paired(analysis: Analysis) -> bool:
    """Return whether the arms are aligned by patient; paper mode ignores the pairs."""
    return analysis.pairing == "patient" and analysis.mode != "paper"


def least_log2(analysis: Analysis) -> float:
    """Return the smallest difference that matters: the plan's fold change, else 1.5-fold."""
    return math.log2(analysis.min_abs_fold_change if analysis.min_abs_fold_change > 1 else 1.5)


def read_arms(analysis: Analysis, sheet: Sheet, levels: Levels) -> Arms:
    """Return the levels of both arms of a contrast."""
    paired = is_paired(analysis)
    rows = (pair_rows if paired else arm_rows)(analysis, sheet)
    above, below = (levels.take(r) for r in rows)
    return Arms(above, below, paired, least_log2(analysis))


def primary_arms(analysis: Analysis, sheet: Sheet, levels: Levels) -> Arms:
    """Return the arms that the plan's primary method takes: with covariates where it adjusts."""
    if is_adjusted(analysis):
        return adjusted_arms(analysis, sheet, levels)
    return read_arms(analysis, sheet, levels)


def adjustable(analysis: Analysis) -> tuple[str, ...]:
    """Return the methods of a contrast that take covariates."""
    return ADJUSTABLE[is_paired(analysis)]


def is_adjusted(analysis: Analysis) -> bool:
    """Return whether the primary method of a contrast is the one adjusted for covariates."""
    return bool(analysis.covariates) and analysis.primary_method in adjustable(analysis)


def adjusted_arms(analysis: Analysis, sheet: Sheet, levels: Levels) -> Arms:
    """Return the arms with the plan's covariates; who lacks one has no levels."""
    arms = read_arms(analysis, sheet, levels)
    adjustment = read_adjustment(analysis, sheet, contrast_rows(analysis, sheet))
    n_above = len(arms.numerator)
    whole = adjustment.masked(np.concatenate([arms.numerator, arms.denominator]))
    matrix = adjustment.matrix
    return replace(
        arms,
        numerator=whole[:n_above],
        denominator=whole[n_above:],
        covariates=None if matrix is None else (matrix[:n_above], matrix[n_above:]),
    )


def contrast_rows(analysis: Analysis, sheet: Sheet) -> Rows:
    """Return the rows of the numerator and then of the denominator, as `read_arms` takes them."""
    rows = (pair_rows if is_paired(analysis) else arm_rows)(analysis, sheet)
    return np.concatenate(rows)


def mean_change(arms: Arms) -> Floats:
    """Return the difference of mean log2 levels (n_targets,); of pairs, of complete ones."""
    if arms.paired:
        (difference,) = shared_moments([arms.numerator - arms.denominator])
        return difference.mean + difference.centre
    above, below = shared_moments([arms.numerator, arms.denominator])
    return above.mean - below.mean
