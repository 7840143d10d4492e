"""The two arms of a contrast as matrices, and the methods that compare two arms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stats.design import Levels, Sheet, arm_rows, pair_rows
from stats.methods.arrays import Floats
from stats.methods.paired_t import paired_t
from stats.methods.result import MethodResult
from stats.methods.student_t import student_t
from stats.methods.welch_t import welch_t
from stats.plan import Analysis
from stats.recipes.computed import CONFIDENCE


@dataclass(frozen=True)
class Arms:
    """Levels of two arms; rows of a pair stand in the same place.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
    paired : whether row i of both belongs to one patient
    least_log2 : smallest difference that matters (log2 units), for `treat` and `tost`
    """

    numerator: Floats
    denominator: Floats
    paired: bool
    least_log2: float


Method = Callable[[Arms], MethodResult]

#: Methods for independent arms, the usual primary one first.
INDEPENDENT: Mapping[str, Method] = {
    "welch_t": lambda a: welch_t(a.numerator, a.denominator, confidence=CONFIDENCE),
    "student_t": lambda a: student_t(a.numerator, a.denominator, confidence=CONFIDENCE),
}
#: Methods for arms that are paired by patient.
PAIRED: Mapping[str, Method] = {
    "paired_t": lambda a: paired_t(a.numerator, a.denominator, confidence=CONFIDENCE),
}


def methods_for(analysis: Analysis) -> Mapping[str, Method]:
    """Return the methods that a contrast runs, by name."""
    if analysis.mode == "paper":
        return {"student_t": INDEPENDENT["student_t"]}
    return PAIRED if is_paired(analysis) else INDEPENDENT


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
