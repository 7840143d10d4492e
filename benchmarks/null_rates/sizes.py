"""Sizes that need no simulation: counted for exact tests, integrated for Welch's t."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy import stats as sps

from benchmarks.null_rates.draws import Floats
from stats.methods.rank_counts import rank_sum_tail, signed_rank_tail

ALPHA = 0.05
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


def mann_whitney_size(m: int, n: int) -> float:
    """Return the chance that the exact test rejects a true null at 0.05."""
    return _counted(rank_sum_tail(m, n))


def signed_rank_size(n: int) -> float:
    """Return the same of the exact signed rank test."""
    return _counted(signed_rank_tail(n))


def welch_size(m: int, n: int, sd_ratio: float, alpha: float = ALPHA) -> float:
    """Return the chance that Welch's t rejects a true null of normal levels.

    Parameters
    ----------
    m, n : values of the two groups
    sd_ratio : standard deviation of the second group over that of the first
    alpha : level of the test

    Notes
    -----
    Of the two sums of squares, their total and the share b of the first are independent. Given b,
    T is a multiple of Student's t with m + n − 2 df; the integral is over the beta distribution of
    b.
    """
    b = (_NODES + 1) / 2
    first = b / ((m - 1) * m)
    second = sd_ratio**2 * (1 - b) / ((n - 1) * n)
    df = (first + second) ** 2 / (first**2 / (m - 1) + second**2 / (n - 1))
    factor = np.sqrt((first + second) * (m + n - 2) / (1 / m + sd_ratio**2 / n))
    rejected = 2 * sps.t.sf(sps.t.isf(alpha / 2, df) * factor, m + n - 2)
    density = sps.beta.pdf(b, (m - 1) / 2, (n - 1) / 2)
    return float(_WEIGHTS @ (rejected * density) / 2)


def welch_size_with_gaps(m: int, n: int, missing: float) -> float:
    """Return the same where that share of values is missing, averaged over what is left."""
    left = {size: sps.binom.pmf(np.arange(2, size + 1), size, 1 - missing) for size in {m, n}}
    chances = [
        (left[m][i - 2] * left[n][j - 2], welch_size(i, j, 1.0))
        for i, j in product(range(2, m + 1), range(2, n + 1))
        if left[m][i - 2] * left[n][j - 2] > 1e-9
    ]
    return float(sum(w * size for w, size in chances) / sum(w for w, _ in chances))


def _counted(tail: Floats) -> float:
    """Return the largest two-sided p below 0.05, which is the chance of a p below 0.05."""
    p = np.minimum(2 * tail, 1.0)
    return float(p[p < ALPHA].max(initial=0.0))
