"""Welch's one-way analysis of variance: means of groups whose variances may differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.anova_oneway import sums_of_squares
from stats.methods.arrays import Floats, as_matrices
from stats.methods.moments import Moments, is_constant, shared_moments
from stats.methods.omnibus import check_groups, few_values, omnibus_result
from stats.methods.result import MethodResult, first_reason, sound
from stats.methods.tails import upper_f


def welch_anova(groups: Sequence[ArrayLike]) -> MethodResult:
    """Test whether the means of two or more groups agree, each with its own variance.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.

    Returns
    -------
    MethodResult
        `statistic`: Welch's F; `df` = groups − 1, `df_denominator` by Welch, not rounded;
        `effect_size`: eta squared, the share of the sum of squares that lies between groups. No
        estimate and no interval. Each group needs two values that differ.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Assumes independent samples and normal levels. With two groups F is the square of Welch's t.

    References
    ----------
    Welch (1951), Biometrika 38:330–336, doi:10.1093/biomet/38.3-4.330.
    Checked against R `oneway.test(var.equal = FALSE)` at 1e-10 relative.
    """
    matrices = as_matrices(groups, "group")
    check_groups(matrices)
    moments = shared_moments(matrices)
    counts = np.array([g.n for g in moments])
    n = counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = np.any([is_constant(np.sqrt(g.variance / g.n), [g]) for g in moments], axis=0)
        reasons = first_reason(
            counts.shape[1],
            [
                (counts.min(axis=0) < 2, few_values(list(counts), least=2)),
                (flat, "zero variance: all values of a group agree"),
            ],
        )
        good = sound(reasons)
        statistic, denominator = _welch_f(moments)
        between, within = sums_of_squares(moments, n)
        share = np.where(good, between / (between + within), np.nan)
    df = np.where(good, len(moments) - 1.0, np.nan)
    statistic = np.where(good, statistic, np.nan)
    df_denominator = np.where(good, denominator, np.nan)
    return omnibus_result(
        statistic,
        df,
        df_denominator,
        upper_f(statistic, df, df_denominator),
        effect_size=share,
        effect_size_kind="eta_squared",
        n=n,
        n_missing=np.sum([g.n_missing for g in moments], axis=0),
        reasons=reasons,
    )


def _welch_f(moments: Sequence[Moments]) -> tuple[Floats, Floats]:
    """Return Welch's F and its denominator degrees of freedom."""
    k = len(moments)
    counts = np.array([g.n for g in moments])
    means = np.array([g.mean for g in moments])
    weights = counts / np.array([g.variance for g in moments])
    total = weights.sum(axis=0)
    grand = (weights * means).sum(axis=0) / total
    lack = ((1 - weights / total) ** 2 / (counts - 1)).sum(axis=0) / (k**2 - 1)
    between = (weights * (means - grand) ** 2).sum(axis=0) / (k - 1)
    return between / (1 + 2 * (k - 2) * lack), 1 / (3 * lack)
