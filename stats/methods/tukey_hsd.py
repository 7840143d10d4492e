"""Tukey's honest significant differences: all pairs of groups with one variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices, check_confidence
from stats.methods.moments import is_constant, shared_moments
from stats.methods.omnibus import check_groups, few_values
from stats.methods.post_hoc import Pair, pairs_of, range_test
from stats.methods.result import MethodResult, first_reason


def tukey_hsd(groups: Sequence[ArrayLike], *, confidence: float) -> Mapping[Pair, MethodResult]:
    """Test the differences of all pairs of groups, together at one level.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.
    confidence : that all intervals of a target hold at once, as 0.95

    Returns
    -------
    mapping of (numerator, denominator) to MethodResult
        By the places of the groups, the later one as numerator. `estimate`: difference of mean
        log2 levels; `statistic`: studentised range q with the sign of the difference; `df` =
        values − groups; `p_value` is adjusted for the pairs of the target; `effect_size`: Cohen's
        d with the SD pooled over all groups. Each group needs two values.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Kramer's form for groups of different sizes. Assumes independent samples, normal levels, equal
    variances.

    References
    ----------
    Tukey (1949), Biometrics 5:99–114, doi:10.2307/3001913; Kramer (1956), Biometrics 12:307–310,
    doi:10.2307/3001469.
    Checked against its formula in R at 1e-8 (see `studentized_range`), which `TukeyHSD` meets
    as far as its own tail goes.
    """
    check_confidence(confidence)
    matrices = as_matrices(groups, "group")
    check_groups(matrices)
    moments = shared_moments(matrices)
    counts = np.array([g.n for g in moments])
    k, n = len(moments), counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.sum([np.nan_to_num(g.sum_squares) for g in moments], axis=0)
        sd = np.sqrt(within / (n - k))
        reasons = first_reason(
            len(n),
            [
                (counts.min(axis=0) < 2, few_values(list(counts), least=2)),
                (is_constant(sd / np.sqrt(n), moments), "zero variance: each group is constant"),
            ],
        )
        return {
            (i, j): range_test(
                moments[i],
                moments[j],
                sd * np.sqrt((1 / counts[i] + 1 / counts[j]) / 2),
                (n - k).astype(np.float64),
                sd=sd,
                n_groups=k,
                reasons=reasons,
                confidence=confidence,
            )
            for i, j in pairs_of(k)
        }
