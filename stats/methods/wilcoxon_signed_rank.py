"""Wilcoxon's signed rank test of within-pair differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, Ints, as_matrices, check_confidence
from stats.methods.rank_counts import signed_rank_tail
from stats.methods.rank_test import EXACT_BELOW, Counted, exact_results, rank_test
from stats.methods.ranks import average_ranks
from stats.methods.result import MethodResult, first_reason, missing, sound


def wilcoxon_signed_rank(
    numerator: ArrayLike, denominator: ArrayLike, *, confidence: float
) -> MethodResult:
    """Test whether differences within pairs lie symmetrically around zero.

    Parameters
    ----------
    numerator, denominator : (n_pairs, n_targets), log2 levels, NaN where missing
        Row i of both belongs to the same person; a pair lacking either value is dropped.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: Hodges–Lehmann, the median of the averages of all two differences (each with
        itself too), with the interval of shifts that the test does not reject: order statistics
        of those averages. `statistic`: V, the sum of ranks of positive differences;
        `effect_size`: rank-biserial correlation, (positive − negative) / all ranks. `details`:
        `n_zero` (differences of zero, which are dropped first), `is_exact` (1 or 0),
        `interval_coverage` (of an exact interval; at least `confidence`). One difference other
        than zero is needed. Pairs so few that no interval has the coverage have none, with the
        reason.

    Raises
    ------
    ValueError
        The matrices differ in shape, or hold an infinite value.

    Notes
    -----
    Exact below 50 differences of which none are tied or zero; otherwise the normal approximation
    with corrections for ties and continuity. Assumes independent pairs and symmetric differences.
    Two-sided. Estimate and interval leave zeros out too, as R does, so that with many zeros the
    estimate lies further from zero than the median change.

    References
    ----------
    Wilcoxon (1945), Biometrics Bulletin 1:80–83, doi:10.2307/3001968; interval: Tukey's, in
    Hollander, Wolfe & Chicken (2014), Nonparametric Statistical Methods, 3rd ed., ch. 3,
    doi:10.1002/9781119196037; rank-biserial: Kerby (2014), Comprehensive Psychology 3:11.IT.3.1,
    doi:10.2466/11.IT.3.1.
    Checked against R `wilcox.test(paired = TRUE)`: V, p and exact bounds at 1e-10, estimate and
    other bounds at 1e-4, which is how far R searches for them.
    """
    check_confidence(confidence)
    top, bottom = as_matrices([numerator, denominator], "arm")
    if top.shape != bottom.shape:
        raise ValueError(
            f"the arms have {top.shape[0]} and {bottom.shape[0]} rows; pairs need equal"
        )
    differences = top - bottom
    n_pairs = _present(differences)
    d = np.where(differences == 0, np.nan, differences)
    n = _present(d)
    counted, ties = _count(d, n_pairs, n)
    exact = sound(counted.reasons) & (ties == 0) & (n == n_pairs) & (n < EXACT_BELOW)
    sizes = np.where(exact, n, 0)[None, :]
    test = rank_test(
        counted,
        exact_results(counted, sizes, signed_rank_tail, confidence=confidence),
        lambda some: _averages(d[:, some]),
        len(d) * (len(d) + 1) // 2,
        confidence=confidence,
    )
    details = {"n_zero": (n_pairs - n).astype(np.float64), **test.details}
    return MethodResult(
        **{**vars(test), "details": details},
        df=missing(len(n)),
        df_denominator=missing(len(n)),
        effect_size_kind="rank_biserial",
        n_numerator=n_pairs,
        n_denominator=n_pairs,
        n_pairs=n_pairs,
        n_dropped=len(d) - n_pairs,
    )


def _count(d: Floats, n_pairs: Ints, n: Ints) -> tuple[Counted, Floats]:
    """Return V of every target with its standard deviations, and the ties of all sizes."""
    ranks, ties = average_ranks(np.abs(d))
    # A shift keeps differences that are equal and separates those equal but for their sign.
    kept = average_ranks(d)[1]
    all_zero = [f"zero variance: all {k} differences are zero" for k in n_pairs.tolist()]
    checks: list[tuple[Flags, list[str] | str]] = [
        (n_pairs < 1, "too few complete pairs: 0, at least 1 is needed"),
        (n < 1, all_zero),
    ]
    counted = Counted(
        statistic=np.where(d > 0, ranks, 0.0).sum(axis=0),
        greatest=n * (n + 1) // 2,
        sigma=_sigma(n, ties),
        shifted_sigma=_sigma(n, kept),
        constant=(kept == n**3 - n) & (n > 1),
        reasons=first_reason(len(n), checks),
    )
    return counted, ties


def _sigma(n: Ints, ties: Floats) -> Floats:
    """Return the standard deviation of V given the ties."""
    return np.sqrt(np.maximum(n * (n + 1) * (2 * n + 1) / 24 - ties / 48, 0.0))


def _averages(d: Floats) -> Floats:
    first, second = np.triu_indices(len(d))
    return (d.T[:, first] + d.T[:, second]) / 2


def _present(matrix: Floats) -> Ints:
    counts: Ints = (~np.isnan(matrix)).sum(axis=0).astype(np.int64)
    return counts
