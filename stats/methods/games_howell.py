"""Games and Howell's test: all pairs of groups, each with its own variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices, check_confidence
from stats.methods.difference import pooled_variance, welch_error
from stats.methods.moments import Moments, is_constant, shared_moments
from stats.methods.omnibus import check_groups, few_values
from stats.methods.post_hoc import Pair, pairs_of, range_test
from stats.methods.result import MethodResult, first_reason


def games_howell(groups: Sequence[ArrayLike], *, confidence: float) -> Mapping[Pair, MethodResult]:
    """Test the differences of all pairs of groups, together at about one level.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.
    confidence : that all intervals of a target hold at once, about, as 0.95

    Returns
    -------
    mapping of (numerator, denominator) to MethodResult
        By the places of the groups, the later one as numerator. `estimate`: difference of mean
        log2 levels; `statistic`: q with the sign of the difference, √2 times Welch's t; `df`
        Welch's; `p_value` is adjusted for the pairs of the target; `effect_size`: Cohen's d with
        the SD pooled over the two groups. Both groups of a pair need two values.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Assumes independent samples and normal levels.

    References
    ----------
    Games & Howell (1976), Journal of Educational Statistics 1:113–125,
    doi:10.3102/10769986001002113.
    Checked against its formula in R at 1e-8 (see `studentized_range`).
    """
    check_confidence(confidence)
    matrices = as_matrices(groups, "group")
    check_groups(matrices)
    moments = shared_moments(matrices)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            (i, j): _pair(moments[i], moments[j], len(moments), confidence)
            for i, j in pairs_of(len(moments))
        }


def _pair(a: Moments, b: Moments, n_groups: int, confidence: float) -> MethodResult:
    error, df = welch_error(a, b)
    reasons = first_reason(
        len(a.n),
        [
            (np.minimum(a.n, b.n) < 2, few_values([a.n, b.n], least=2)),
            (is_constant(error, (a, b)), "zero variance: all values of each group agree"),
        ],
    )
    return range_test(
        a,
        b,
        error / np.sqrt(2),
        df,
        sd=np.sqrt(pooled_variance(a, b)),
        n_groups=n_groups,
        reasons=reasons,
        confidence=confidence,
    )
