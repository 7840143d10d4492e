"""Counts, means and sums of squares of each target, with missing values left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints

#: Ten rounding errors: a spread below this share of the level itself is no variance at all.
ROUNDING = 10 * np.finfo(np.float64).eps


@dataclass(frozen=True)
class Moments:
    """Moments of each target over the samples of one group; every array is (n_targets,).

    Parameters
    ----------
    n : values present.
    mean : mean of the values minus `centre`.
    sum_squares : sum of squared deviations from the mean.
    centre : what was subtracted before averaging; groups to be compared share it.
    n_samples : samples of the group, present or not.
    """

    n: Ints
    mean: Floats
    sum_squares: Floats
    centre: Floats
    n_samples: int

    @property
    def variance(self) -> Floats:
        """Sample variance (divisor n − 1); NaN below two values."""
        return np.where(self.n > 1, self.sum_squares / np.maximum(self.n - 1, 1), np.nan)

    @property
    def n_missing(self) -> Ints:
        """Samples without a value."""
        return self.n_samples - self.n


def shared_moments(matrices: Sequence[Floats]) -> tuple[Moments, ...]:
    """Return the moments of several groups around one common centre per target.

    Subtracting the middle of the range first keeps the rounding error of a difference of means
    in proportion to the spread of the levels, not to their height.
    """
    low = np.fmin.reduce([np.fmin.reduce(m, axis=0, initial=np.nan) for m in matrices])
    high = np.fmax.reduce([np.fmax.reduce(m, axis=0, initial=np.nan) for m in matrices])
    centre = np.nan_to_num(low + (high - low) / 2, nan=0.0)
    return tuple(_moments(m, centre) for m in matrices)


def _moments(matrix: Floats, centre: Floats) -> Moments:
    # Targets in rows: NumPy then adds pairwise along the contiguous axis.
    shifted = np.ascontiguousarray((matrix - centre).T)
    present = ~np.isnan(shifted)
    n = present.sum(axis=1)
    safe_n = np.maximum(n, 1)
    filled = np.where(present, shifted, 0.0)
    mean = filled.sum(axis=1) / safe_n
    deviations = np.where(present, shifted - mean[:, None], 0.0)
    # The second term corrects the rounding of the mean (two-pass algorithm).
    sum_squares = (deviations**2).sum(axis=1) - deviations.sum(axis=1) ** 2 / safe_n
    return Moments(
        n=n.astype(np.int64),
        mean=np.where(n > 0, mean, np.nan),
        sum_squares=np.where(n > 0, np.maximum(sum_squares, 0.0), np.nan),
        centre=centre,
        n_samples=matrix.shape[0],
    )


def is_constant(standard_error: Floats, groups: Sequence[Moments]) -> Flags:
    """Return where a standard error is no more than the rounding of the levels it comes from."""
    height = np.fmax.reduce([np.abs(g.mean + g.centre) for g in groups])
    return np.asarray(standard_error <= ROUNDING * np.nan_to_num(height), dtype=np.bool_)
