"""Mann–Whitney test (Wilcoxon's rank sum test) of two independent groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats, Ints, as_matrices, check_confidence
from stats.methods.rank_counts import rank_sum_tail
from stats.methods.rank_test import EXACT_BELOW, Counted, exact_results, rank_test
from stats.methods.ranks import average_ranks
from stats.methods.result import MethodResult, first_reason, missing, sound


def mann_whitney(
    numerator: ArrayLike, denominator: ArrayLike, *, confidence: float
) -> MethodResult:
    """Test whether values of the numerator group tend to be higher or lower.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person; the rows of the two arms have no common order.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: Hodges–Lehmann, the median of all differences numerator − denominator, with
        the interval of shifts that the test does not reject: order statistics of those
        differences. `statistic`: U, the differences above zero and half of those at zero;
        `effect_size`: rank-biserial correlation, 2U / (n₁n₂) − 1. `details`: `is_exact` (1 or
        0), `interval_coverage` (of an exact interval; at least `confidence`). Each arm needs one
        value. Groups so small that no interval has the coverage have none, with the reason.

    Raises
    ------
    ValueError
        The matrices do not fit each other, or hold an infinite value.

    Notes
    -----
    Exact where both groups have fewer than 50 values and none are tied; otherwise the normal
    approximation with corrections for ties and continuity. Assumes independent samples; the
    estimate and its interval assume distributions that differ by a shift only. Two-sided.

    References
    ----------
    Mann & Whitney (1947), Annals of Mathematical Statistics 18:50–60,
    doi:10.1214/aoms/1177730491; interval: Lehmann (1963), ibid. 34:1507–1512,
    doi:10.1214/aoms/1177703882; rank-biserial: Kerby (2014), Comprehensive Psychology 3:11.IT.3.1,
    doi:10.2466/11.IT.3.1.
    Checked against R `wilcox.test`: U, p and exact bounds at 1e-10, estimate and other bounds at
    1e-4, which is how far R searches for them.
    """
    check_confidence(confidence)
    x, y = as_matrices([numerator, denominator], "group")
    m, n = ((~np.isnan(arm)).sum(axis=0).astype(np.int64) for arm in (x, y))
    counted, ties = _count(x, y, m, n)
    exact = sound(counted.reasons) & (ties == 0) & (np.maximum(m, n) < EXACT_BELOW)
    test = rank_test(
        counted,
        exact_results(counted, np.where(exact, [m, n], 0), rank_sum_tail, confidence=confidence),
        lambda some: _differences(x[:, some], y[:, some]),
        len(x) * len(y),
        confidence=confidence,
    )
    return MethodResult(
        **vars(test),
        df=missing(len(m)),
        df_denominator=missing(len(m)),
        effect_size_kind="rank_biserial",
        n_numerator=m,
        n_denominator=n,
        n_pairs=None,
        n_dropped=len(x) + len(y) - m - n,
    )


def _count(x: Floats, y: Floats, m: Ints, n: Ints) -> tuple[Counted, Floats]:
    """Return U of every target with its standard deviations, and the ties of all values."""
    ranks, ties = average_ranks(np.concatenate([x, y]))
    # Shifting one group breaks ties between the groups and keeps those within.
    within = average_ranks(x)[1] + average_ranks(y)[1]
    sigma = _sigma(m, n, ties)
    checks = [
        (np.minimum(m, n) < 1, _few_values(m, n)),
        (~(sigma > 0), "zero variance: all values of both groups agree"),
    ]
    counted = Counted(
        statistic=np.nansum(ranks[: len(x)], axis=0) - m * (m + 1) / 2,
        greatest=m * n,
        sigma=sigma,
        shifted_sigma=_sigma(m, n, within),
        constant=(within == m**3 - m + n**3 - n) & (m * n > 1),
        reasons=first_reason(len(m), checks),
    )
    return counted, ties


def _sigma(m: Ints, n: Ints, ties: Floats) -> Floats:
    """Return the standard deviation of U given the ties."""
    total = m + n
    lost = ties / np.maximum(total * (total - 1), 1)
    return np.sqrt(np.maximum(m * n / 12 * (total + 1 - lost), 0.0))


def _differences(x: Floats, y: Floats) -> Floats:
    return (x.T[:, :, None] - y.T[:, None, :]).reshape(x.shape[1], -1)


def _few_values(m: Ints, n: Ints) -> list[str]:
    return [
        f"too few values: {a} in the numerator and {b} in the denominator group, "
        "at least 1 in each is needed"
        for a, b in zip(m.tolist(), n.tolist(), strict=True)
    ]
