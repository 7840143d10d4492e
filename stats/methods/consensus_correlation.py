"""How alike are two samples of one patient? One correlation per target, one for the panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stats.methods.arrays import Flags, Floats
from stats.methods.moments import ROUNDING

#: Share of the targets that is cut off at either end before averaging.
TRIM = 0.15
_HIGHEST = 0.99
_ABOVE_LOWEST = 0.01
_GRID = 200
_HALVINGS = 50


def membership(blocks: Sequence[str]) -> Floats:
    """Return (n_samples, n_blocks) of 0 and 1: whose sample it is."""
    names = sorted(set(blocks))
    place = {name: j for j, name in enumerate(names)}
    out = np.zeros((len(blocks), len(names)))
    out[np.arange(len(blocks)), [place[b] for b in blocks]] = 1.0
    return out


def own_correlations(levels: Floats, design: Floats, blocks: Sequence[str]) -> Floats:
    """Return each target's correlation within blocks by REML, NaN where there is none.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
    design : (n_samples, n_coefficients), without gaps
    blocks : (n_samples,), patient of each sample

    Returns
    -------
    (n_targets,), from 1/(1 − k) + 0.01 to 0.99, k being the most samples of one patient
        A target needs more than two residual degrees of freedom, two patients, and patients with
        several samples beside the one that makes up a degree of freedom.

    Notes
    -----
    The residuals are turned so that they are independent with variances σ²(1 − ρ + ρλ), λ the
    eigenvalues of the blocks beside the design; the restricted likelihood is then a sum, searched
    on a grid and solved for the root of its slope.
    """
    member = membership(blocks)
    most = member.sum(axis=0).max(initial=0.0)
    own = np.full(levels.shape[1], np.nan)
    if most < 2:
        return own
    grid = np.linspace(1 / (1 - most) + _ABOVE_LOWEST, _HIGHEST, _GRID)
    for present, targets in missing_patterns(levels):
        z = member[present]
        z = z[:, z.any(axis=0)]
        n, n_blocks = z.shape
        turned = _turned(levels[np.ix_(present, targets)], design[present], z)
        if turned is None or not 1 < n_blocks < n - 1:
            continue
        own[targets] = _by_likelihood(*turned, grid)
    return own


def consensus(own: Floats) -> float:
    """Return the trimmed mean of the targets' correlations on the atanh scale; NaN without any."""
    told = np.sort(np.arctanh(own[~np.isnan(own)]))
    if not len(told):
        return float("nan")
    cut = int(len(told) * TRIM)
    return float(np.tanh(told[cut : len(told) - cut].mean()))


def missing_patterns(levels: Floats) -> list[tuple[Flags, NDArray[np.intp]]]:
    """Return (samples present, targets that have just these) for each pattern that occurs."""
    present = ~np.isnan(levels)
    patterns, which = np.unique(present, axis=1, return_inverse=True)
    which = which.ravel()
    return [(patterns[:, k], np.flatnonzero(which == k)) for k in range(patterns.shape[1])]


def _turned(levels: Floats, design: Floats, member: Floats) -> tuple[Floats, Floats] | None:
    """Return eigenvalues (m,) and squared independent residuals (m, n_targets)."""
    if len(levels) <= design.shape[1] + 2:
        return None
    u, singular, _ = np.linalg.svd(design, full_matrices=True)
    rank = int(np.sum(singular > singular.max() * len(design) * np.finfo(np.float64).eps))
    beside = u[:, rank:]
    alike = beside.T @ member
    values, vectors = np.linalg.eigh(alike @ alike.T)
    centred = levels - levels.mean(axis=0)
    squares = np.square((beside @ vectors).T @ centred)
    # A target without any variance but the rounding of its levels has no correlation.
    rounding = len(values) * np.square(ROUNDING * np.abs(levels).max(axis=0))
    return np.maximum(values, 0.0), np.where(squares.sum(axis=0) > rounding, squares, 0.0)


def _by_likelihood(values: Floats, squares: Floats, grid: Floats) -> Floats:
    m, excess = len(values), values - 1

    def spread(rho: Floats) -> Floats:
        return np.asarray(1 + np.multiply.outer(excess, rho), dtype=np.float64)

    d = spread(grid)
    total = (1 / d).T @ squares
    with np.errstate(divide="ignore"):
        likelihood = -(np.log(d).sum(axis=0)[:, None] + m * np.log(total)) / 2
    best = np.argmax(likelihood, axis=0)
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, len(grid) - 1)]

    def slope(rho: Floats) -> Floats:
        d = spread(rho)
        weighted = squares / d**2
        gain = m * (excess[:, None] * weighted).sum(axis=0) / (weighted * d).sum(axis=0)
        return np.asarray(gain - (excess[:, None] / d).sum(axis=0), dtype=np.float64)

    with np.errstate(invalid="ignore", divide="ignore"):
        at_low, at_high = slope(low), slope(high)
        left, right = low.copy(), high.copy()
        for _ in range(_HALVINGS):
            middle = (left + right) / 2
            rises = slope(middle) > 0
            left, right = np.where(rises, middle, left), np.where(rises, right, middle)
    found = np.where(at_low <= 0, low, np.where(at_high >= 0, high, (left + right) / 2))
    return np.where(squares.sum(axis=0) > 0, found, np.nan)
