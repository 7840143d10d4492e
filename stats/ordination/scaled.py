"""Levels on one scale: z-scores of the targets and samples that are measured often enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, as_matrix
from stats.methods.moments import is_constant, shared_moments

FEW = "half of the levels or more are missing"
CONSTANT = "zero variance: all levels agree"


@dataclass(frozen=True)
class Scaled:
    """z-scores, and why a target or a sample has none.

    Parameters
    ----------
    z : (n_samples, n_targets), NaN where the level is missing, or the sample or target left out
    sample_reasons, target_reasons : '' for what is kept
    """

    z: Floats
    sample_reasons: tuple[str, ...]
    target_reasons: tuple[str, ...]

    @property
    def samples(self) -> Flags:
        """Samples that are kept."""
        return np.array([not r for r in self.sample_reasons], dtype=np.bool_)

    @property
    def targets(self) -> Flags:
        """Targets that are kept."""
        return np.array([not r for r in self.target_reasons], dtype=np.bool_)

    @property
    def kept(self) -> Floats:
        """z-scores of what is kept, (kept samples, kept targets)."""
        return self.z[np.ix_(self.samples, self.targets)]


def scale(levels: ArrayLike) -> Scaled:
    """Return each target's levels minus their mean, divided by their standard deviation.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing

    Notes
    -----
    What has half of its levels or fewer is left out, targets before samples, again and again
    until nothing changes; so any two of the kept samples (targets) have a target (sample) in
    common. Divisor n − 1, as R's `scale`.
    """
    matrix = as_matrix(levels, "levels")
    present = ~np.isnan(matrix)
    sample_reasons, target_reasons = [""] * matrix.shape[0], [""] * matrix.shape[1]
    changed = True
    while changed:
        samples, targets = _empty(sample_reasons), _empty(target_reasons)
        flat = targets & _is_flat(matrix, samples)
        rare = targets & (2 * present[samples].sum(axis=0) <= samples.sum())
        changed = _mark(target_reasons, rare, FEW) | _mark(target_reasons, flat, CONSTANT)
        targets = _empty(target_reasons)
        sparse = samples & (2 * present[:, targets].sum(axis=1) <= targets.sum())
        changed |= _mark(sample_reasons, sparse, FEW)
    samples, targets = _empty(sample_reasons), _empty(target_reasons)
    z = np.full(matrix.shape, np.nan)
    if samples.any() and targets.any():
        z[np.ix_(samples, targets)] = _scores(matrix[np.ix_(samples, targets)])
    return Scaled(z, tuple(sample_reasons), tuple(target_reasons))


def _scores(levels: Floats) -> Floats:
    (m,) = shared_moments([levels])
    scores: Floats = ((levels - m.centre) - m.mean) / np.sqrt(m.variance)
    return scores


def _is_flat(matrix: Floats, samples: Flags) -> Flags:
    """Return which targets have values that do not differ, or a single one."""
    (m,) = shared_moments([matrix[samples]])
    with np.errstate(invalid="ignore"):
        return np.asarray(is_constant(np.sqrt(m.variance), [m]) | (m.n == 1), dtype=np.bool_)


def _empty(reasons: list[str]) -> Flags:
    return np.array([not r for r in reasons], dtype=np.bool_)


def _mark(reasons: list[str], where: Flags, words: str) -> bool:
    """Write the words where there are none yet; return whether any were written."""
    fresh = [i for i in np.flatnonzero(where).tolist() if not reasons[i]]
    for i in fresh:
        reasons[i] = words
    return bool(fresh)
