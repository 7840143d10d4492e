"""Rank tests of every target under many relabelings at once: ranks stay, labels move.

p as in `mann_whitney` and `wilcoxon_signed_rank`; every array is (n_permutations, n_targets).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints
from stats.methods.rank_counts import rank_sum_tail, signed_rank_tail, two_sided
from stats.methods.rank_test import EXACT_BELOW
from stats.methods.ranks import average_ranks
from stats.methods.tails import continuous_p

#: From labels or signs (n_permutations, n_samples) to p-values.
RankP = Callable[[Floats], Floats]


def rank_sum(levels: Floats) -> RankP:
    """Return the p-values of Mann and Whitney's test of levels (n_samples, n_targets) by labels."""
    ranks, ties = average_ranks(levels)
    mask = (~np.isnan(levels)).astype(np.float64)
    filled, total = np.nan_to_num(ranks), mask.sum(axis=0)
    lost = ties / np.maximum(total * (total - 1), 1)

    def p_values(labels: Floats) -> Floats:
        m = labels @ mask
        n = total - m
        u = labels @ filled - m * (m + 1) / 2
        sigma = np.sqrt(np.maximum(m * n / 12 * (total + 1 - lost), 0.0))
        p = continuous_p(u - m * n / 2, sigma)
        exact = (ties == 0) & (np.maximum(m, n) < EXACT_BELOW) & (sigma > 0)
        return _exactly(p, exact, u, np.stack([m, n]), m * n, rank_sum_tail)

    return p_values


def signed_rank(differences: Floats) -> RankP:
    """Return the p-values of Wilcoxon's test of differences (n_pairs, n_targets) by signs."""
    d = np.where(differences == 0, np.nan, differences)
    ranks, ties = average_ranks(np.abs(d))
    n = np.sum(~np.isnan(d), axis=0).astype(np.float64)
    has_zero = np.any(differences == 0, axis=0)
    filled = np.nan_to_num(ranks)
    signed, half = filled * np.nan_to_num(np.sign(d)), filled.sum(axis=0) / 2
    sigma = np.sqrt(np.maximum(n * (n + 1) * (2 * n + 1) / 24 - ties / 48, 0.0))

    def p_values(signs: Floats) -> Floats:
        v = signs @ signed / 2 + half
        p = continuous_p(v - n * (n + 1) / 4, np.broadcast_to(sigma, v.shape))
        exact = np.broadcast_to((ties == 0) & ~has_zero & (n < EXACT_BELOW) & (n > 0), v.shape)
        sizes = np.broadcast_to(n, (1, *v.shape))
        return _exactly(p, exact, v, sizes, n * (n + 1) / 2, signed_rank_tail)

    return p_values


def _exactly(
    p: Floats,
    exact: Flags,
    statistic: Floats,
    sizes: Floats,
    greatest: Floats,
    tail_of: Callable[..., Floats],
) -> Floats:
    """Return p with the exact values where they hold; `sizes` is (n_sizes, …)."""
    out = p.copy()
    whole = np.rint(sizes).astype(np.int64)
    greatest = np.broadcast_to(greatest, p.shape)
    for size in np.unique(whole[:, exact].T, axis=0):
        here = exact & np.all(whole == size[:, None, None], axis=0)
        counts: Ints = np.rint(statistic[here]).astype(np.int64)
        out[here] = two_sided(tail_of(*size.tolist()), counts, int(greatest[here][0]))
    return out
