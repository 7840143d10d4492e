"""Hodges–Lehmann estimate and interval: order statistics of pairwise differences or averages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from stats.methods.arrays import Floats, Ints
from stats.methods.tails import normal_quantile

#: Cells of one block of targets × pairs: bounds the memory.
_BLOCK_CELLS = 4_000_000


def estimate_and_bounds(
    candidates: Callable[[slice], Floats], n_each: int, n: Ints, rank: Ints
) -> tuple[Floats, Floats, Floats]:
    """Return the median of each target's candidates and the bounds at a rank from either end.

    Parameters
    ----------
    candidates : for a slice of the targets, their candidates (n_targets of it, n_each), NaN
        where there is none
    n_each : candidates of a target without gaps
    n : (n_targets,), candidates present
    rank : (n_targets,), from 1; bounds are NaN where it is 0

    References
    ----------
    Hodges & Lehmann (1963), Annals of Mathematical Statistics 34:598–611,
    doi:10.1214/aoms/1177704172.
    """
    wanted = np.stack([(n - 1) // 2, n // 2, rank - 1, n - rank], axis=1)
    wanted = np.clip(wanted, 0, max(n_each - 1, 0))
    found = np.full(wanted.shape, np.nan)
    if n_each > 0:
        for block in _blocks(len(n), n_each):
            places = wanted[block]
            parted = np.partition(candidates(block), np.unique(places), axis=1)
            found[block] = np.take_along_axis(parted, places, axis=1)
    middle = found[:, 0] + (found[:, 1] - found[:, 0]) / 2
    bounded = (rank > 0) & (n > 0)
    low, high = (np.where(bounded, found[:, k], np.nan) for k in (2, 3))
    return np.where(n > 0, middle, np.nan), low, high


def normal_rank(n: Ints, sigma: Floats, confidence: float) -> Ints:
    """Return the rank that bounds the shifts a normal test with continuity correction keeps.

    Parameters
    ----------
    n : (n_targets,), candidates; the statistic counts those above a shift
    sigma : (n_targets,), standard deviation of that count, NaN where there is none
    """
    rank = np.nan_to_num(np.ceil(n / 2 - 0.5 - normal_quantile(confidence) * sigma))
    positive: Ints = np.maximum(rank, 0).astype(np.int64)
    return positive


def _blocks(n_targets: int, n_each: int) -> Iterator[slice]:
    step = max(1, _BLOCK_CELLS // n_each)
    for start in range(0, n_targets, step):
        yield slice(start, start + step)
