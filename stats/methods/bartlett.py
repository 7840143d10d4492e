"""Bartlett's test of equal variances of normal levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices
from stats.methods.moments import is_constant, shared_moments
from stats.methods.omnibus import check_groups, few_values, omnibus_result
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import upper_chi2


def bartlett(groups: Sequence[ArrayLike]) -> MethodResult:
    """Test whether the variances of two or more groups agree, by their likelihood ratio.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.

    Returns
    -------
    MethodResult
        `statistic`: K², chi-squared with `df` = groups − 1. No estimate, interval or effect
        size. Each group needs two values that differ.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Tells unequal variances and tails that are not normal alike. Stored as a diagnostic, never used
    to choose the test. Assumes independent samples and normal levels.

    References
    ----------
    Bartlett (1937), Proc. R. Soc. Lond. A 160:268–282, doi:10.1098/rspa.1937.0109.
    Checked against R `bartlett.test` at 1e-10 relative.
    """
    matrices = as_matrices(groups, "group")
    check_groups(matrices)
    moments = shared_moments(matrices)
    counts = np.array([g.n for g in moments])
    variances = np.array([g.variance for g in moments])
    n_targets, n_groups = counts.shape[1], len(moments)
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = np.any([is_constant(np.sqrt(g.variance / g.n), [g]) for g in moments], axis=0)
        reasons = first_reason(
            n_targets,
            [
                (counts.min(axis=0) < 2, few_values(list(counts), least=2)),
                (flat, "zero variance: all values of a group agree"),
            ],
        )
        df = counts - 1.0
        pooled = (df * variances).sum(axis=0) / df.sum(axis=0)
        # Logarithms of ratios: those of the variances themselves would cancel.
        ratio = -(df * np.log(variances / pooled)).sum(axis=0)
        correction = 1 + ((1 / df).sum(axis=0) - 1 / df.sum(axis=0)) / (3 * (n_groups - 1))
        statistic = np.where(sound(reasons), np.maximum(ratio, 0.0) / correction, np.nan)
    between = np.where(sound(reasons), n_groups - 1.0, np.nan)
    return omnibus_result(
        statistic,
        between,
        missing(n_targets),
        upper_chi2(statistic, between),
        effect_size=missing(n_targets),
        effect_size_kind="",
        n=counts.sum(axis=0),
        n_missing=np.sum([g.n_missing for g in moments], axis=0),
        reasons=reasons,
    )
