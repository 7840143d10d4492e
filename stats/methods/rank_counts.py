"""Exact null distributions of rank statistics, from whole numbers of arrangements.

Counts are Python integers, which do not overflow or round: a tail of one arrangement among 10²⁸
is as exact as the middle. Both distributions are symmetric, so the lower half is all of them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from math import comb

import numpy as np

from stats.methods.arrays import Floats, Ints


@lru_cache(maxsize=4096)
def rank_sum_tail(m: int, n: int) -> Floats:
    """Return P(U ≤ u) for u = 0 … ⌊mn/2⌋: U of Mann and Whitney without ties.

    The number of arrangements with U = u is a coefficient of the Gaussian binomial
    ∏ (1 − qⁿ⁺ⁱ) / (1 − qⁱ), i = 1 … m; it is kept up to its middle.
    """
    small, large = sorted((m, n))
    top = m * n // 2
    counts = [1] + [0] * top
    for i in range(1, small + 1):
        for u in range(top, large + i - 1, -1):
            counts[u] -= counts[u - large - i]
        for u in range(i, top + 1):
            counts[u] += counts[u - i]
    return _tail(counts, comb(m + n, m))


@lru_cache(maxsize=256)
def signed_rank_tail(n: int) -> Floats:
    """Return P(V ≤ v) for v = 0 … ⌊n(n + 1)/4⌋: V of Wilcoxon without ties or zeros.

    The number of sign patterns with V = v is a coefficient of ∏ (1 + qⁱ), i = 1 … n.
    """
    top = n * (n + 1) // 4
    counts = [1] + [0] * top
    for i in range(1, n + 1):
        for v in range(top, i - 1, -1):
            counts[v] += counts[v - i]
    return _tail(counts, 2**n)


def two_sided(tail: Floats, statistic: Ints, greatest: int) -> Floats:
    """Return twice the smaller tail of each statistic, at most 1.

    Parameters
    ----------
    tail : P(≤ s) of the lower half
    statistic : whole numbers from 0 to `greatest`
    """
    nearer = np.minimum(statistic, greatest - statistic)
    return np.minimum(2 * tail[nearer], 1.0)


def bound_rank(tail: Floats, confidence: float) -> tuple[int, float]:
    """Return which order statistic bounds an exact interval, and the coverage it has.

    The rank counts from 1 and is the largest with a coverage of at least `confidence`; 0 where
    even the extremes cover less, with what they cover.
    """
    # A tail that equals the allowed one but for the rounding of 1 − confidence is within it.
    allowed = (1 - confidence) / 2 * (1 + 1e-12)
    rank = int(np.searchsorted(tail, allowed, side="right"))
    return rank, float(1 - 2 * tail[max(rank - 1, 0)])


def _tail(counts: list[int], total: int) -> Floats:
    values = np.array([c / total for c in accumulate(counts)], dtype=np.float64)
    values.setflags(write=False)
    return values
