"""Exact test of two groups over several places: how far from chance is their seating?"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Random tables where there are too many to count: the standard error is 0.001 at p = 0.01.
N_RANDOM = 9_999
#: Sums that are followed at most; beyond, random tables.
MOST_STATES = 20_000
_SEED = 20_261_126
_CHUNK = 1_000
#: So many tables as unlikely as the one at hand settle that it is not rare.
_ENOUGH = 200


def exact_p(numerator: Sequence[int], denominator: Sequence[int]) -> float:
    """Return the p-value of Fisher's exact test of a 2 × k table.

    Parameters
    ----------
    numerator, denominator : sequences of int, length k
        Samples of either group at each place.

    Returns
    -------
    float
        Probability, with all margins fixed, of a table that is no more likely than this one;
        1 where a group or a second place is missing. Counted completely while that is feasible
        (exact in whole numbers), else (1 + hits) / (1 + tables) of at most `N_RANDOM` random
        tables from a fixed seed, fewer where they show soon that p is large.

    Notes
    -----
    Freeman & Halton 1951, doi:10.1093/biomet/38.1-2.141; stopping early: Besag & Clifford 1991,
    doi:10.1093/biomet/78.2.301. Checked against R `fisher.test`.
    """
    pairs = [(a, a + b) for a, b in zip(numerator, denominator, strict=True) if a + b > 0]
    n_numerator = sum(a for a, _ in pairs)
    n_all = sum(total for _, total in pairs)
    if len(pairs) < 2 or n_numerator in (0, n_all):
        return 1.0
    counted = _counted(pairs, n_numerator)
    return _random(pairs, n_numerator) if counted is None else counted / comb(n_all, n_numerator)


def cramers_v(numerator: Sequence[int], denominator: Sequence[int]) -> float:
    """Return Cramér's V of a 2 × k table, 0 to 1; 0 where a group or a second place is missing."""
    table = np.array([numerator, denominator], dtype=float)
    table = table[:, table.sum(axis=0) > 0]
    n = table.sum()
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    return sqrt(float(((table - expected) ** 2 / expected).sum()) / n)


def _counted(pairs: list[tuple[int, int]], n_numerator: int) -> int | None:
    """Return how many ways lead to tables as unlikely as this; None where there are too many.

    A table has as many ways as the product over places of "a of the samples there"; places are
    added one by one, and tables with equal product and equal sum are followed together.
    """
    observed = 1
    for a, total in pairs:
        observed *= comb(total, a)
    states = {(0, 1): 1}
    left = sum(total for _, total in pairs)
    for _, total in sorted(pairs, key=lambda p: p[1]):
        left -= total
        grown: dict[tuple[int, int], int] = {}
        for (used, ways), n_tables in states.items():
            for a in range(max(0, n_numerator - used - left), min(total, n_numerator - used) + 1):
                key = (used + a, ways * comb(total, a))
                grown[key] = grown.get(key, 0) + n_tables
        if len(grown) > MOST_STATES:
            return None
        states = grown
    return sum(ways * n for (_, ways), n in states.items() if ways <= observed)


def _random(pairs: list[tuple[int, int]], n_numerator: int) -> float:
    observed, totals = (np.array(v) for v in zip(*pairs, strict=True))
    log_factorial = gammaln(np.arange(totals.max() + 1) + 1.0)

    def less_often(tables: Ints) -> Floats:
        """Return minus the log number of ways, but for a constant."""
        out: Floats = (log_factorial[tables] + log_factorial[totals - tables]).sum(axis=1)
        return out

    limit = less_often(observed[None, :])[0] - 1e-9
    rng = np.random.default_rng(_SEED)
    n_hits = n_tables = 0
    while n_tables < N_RANDOM and n_hits < _ENOUGH:
        size = min(_CHUNK, N_RANDOM - n_tables)
        tables = rng.multivariate_hypergeometric(
            totals, n_numerator, size=size, method="count" if totals.mean() < 16 else "marginals"
        )
        n_hits += int((less_often(tables) >= limit).sum())
        n_tables += size
    return (1 + n_hits) / (1 + n_tables)
