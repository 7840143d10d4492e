"""What a normalisation of the arrays of a batch gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, as_matrix

#: Below this a curve or an affine map follows the levels themselves.
FEWEST_TARGETS = 10

ALONE = "one array alone in its batch: there is nothing to fit it to"


@dataclass(frozen=True)
class NormalisedLevels:
    """Levels of the arrays of one batch after a joint fit.

    Parameters
    ----------
    level_log2 : (n_arrays, n_targets), NaN where missing or where the array has a reason.
    reason : (n_arrays,), why an array was not normalised; empty where it was.
    """

    level_log2: Floats
    reason: tuple[str, ...]


def batch_of(values: ArrayLike, name: str) -> tuple[Floats, list[str]]:
    """Return a batch as a matrix and why each array cannot enter a fit ('' where it can).

    Raises
    ------
    ValueError
        As `as_matrix`.
    """
    matrix = as_matrix(values, name)
    reasons = [_why_not(row[~np.isnan(row)]) for row in matrix]
    if reasons.count("") == 1:
        reasons = [why or ALONE for why in reasons]
    return matrix, reasons


def fitted_arrays(reasons: list[str]) -> Flags:
    """Return which arrays enter the fit."""
    return np.array([not why for why in reasons], dtype=np.bool_)


def _why_not(present: Floats) -> str:
    if len(present) < FEWEST_TARGETS:
        return f"too few targets with a level: {len(present)}, at least {FEWEST_TARGETS} are needed"
    if present.min() == present.max():
        return "all targets of the array agree: no fit is determined"
    return ""
