"""What Levene's and Brown and Forsythe's tests share: analysis of absolute deviations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.anova_oneway import one_way_f
from stats.methods.arrays import Floats, as_matrices
from stats.methods.moments import shared_moments
from stats.methods.result import MethodResult


def spread_f(groups: Sequence[ArrayLike], centre_of: Callable[[Floats], Floats]) -> MethodResult:
    """Return the one-way F test of |level − centre of its group|.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), NaN where missing
    centre_of : from a matrix to the centre of each column, NaN where it has no value
    """
    matrices = as_matrices(groups, "group")
    return one_way_f(
        [_absolute_deviations(m, centre_of) for m in matrices],
        matrices,
        effect_size_kind="",
        constant="the absolute deviations of each group agree",
    )


def means(matrix: Floats) -> Floats:
    """Return the mean of each column's values."""
    (m,) = shared_moments([matrix])
    return m.mean + m.centre


def medians(matrix: Floats) -> Floats:
    """Return the median of each column's values."""
    if len(matrix) == 0:
        return np.full(matrix.shape[1], np.nan)
    n = (~np.isnan(matrix)).sum(axis=0)
    ordered = np.sort(matrix, axis=0)  # NaN last
    low, high = (
        np.take_along_axis(ordered, np.maximum(k, 0)[None, :], axis=0)[0]
        for k in ((n - 1) // 2, n // 2 - (n == 0))
    )
    middle: Floats = low + (high - low) / 2
    return middle


def _absolute_deviations(matrix: Floats, centre_of: Callable[[Floats], Floats]) -> Floats:
    # Around the middle of the range first, so that high levels lose no digits.
    (m,) = shared_moments([matrix])
    shifted = matrix - m.centre
    return np.abs(shifted - centre_of(shifted))
