"""One-way analysis of variance with equal variances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats, Ints, as_matrices
from stats.methods.moments import Moments, is_constant, shared_moments
from stats.methods.omnibus import check_groups, few_values, omnibus_result
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import upper_f


def anova_oneway(groups: Sequence[ArrayLike]) -> MethodResult:
    """Test whether the means of two or more groups agree.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.

    Returns
    -------
    MethodResult
        `statistic`: F; `df` = groups − 1, `df_denominator` = values − groups; `effect_size`:
        eta squared, the share of the sum of squares that lies between groups. No estimate and
        no interval. Each group needs two values.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Assumes independent samples, normal levels, equal variances.

    References
    ----------
    Fisher (1925), Statistical Methods for Research Workers, ch. VII,
    doi:10.1007/978-1-4612-4380-9_6 (reprint).
    Checked against R `oneway.test(var.equal = TRUE)` at 1e-12 relative.
    """
    matrices = as_matrices(groups, "group")
    return one_way_f(
        matrices,
        matrices,
        effect_size_kind="eta_squared",
        constant="all values of each group agree",
    )


def one_way_f(
    responses: Sequence[Floats], levels: Sequence[Floats], *, effect_size_kind: str, constant: str
) -> MethodResult:
    """Return the one-way F test of `responses`, which were derived from `levels`.

    Parameters
    ----------
    responses : matrices (n_samples, n_targets) that are compared
    levels : matrices of the same shape whose height sets the rounding error of the responses
    effect_size_kind : eta_squared, or empty for no effect size
    constant : words for a target without variance within groups
    """
    check_groups(responses)
    groups = shared_moments(responses)
    n_targets, n_groups = len(groups[0].n), len(groups)
    n: Ints = np.sum([g.n for g in groups], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        between, within = sums_of_squares(groups, n)
        noise = np.sqrt(within / (n - n_groups) / n)
        too_few = np.min([g.n for g in groups], axis=0) < 2
        reasons = first_reason(
            n_targets,
            [
                (too_few, few_values([g.n for g in groups], least=2)),
                (is_constant(noise, shared_moments(levels)), f"zero variance: {constant}"),
            ],
        )
        good = sound(reasons)
        df = np.where(good, n_groups - 1.0, np.nan)
        df_denominator = np.where(good, n - n_groups, np.nan)
        statistic = (between / df) / (within / df_denominator)
        share = np.where(good, between / (between + within), np.nan)
    return omnibus_result(
        statistic,
        df,
        df_denominator,
        upper_f(statistic, df, df_denominator),
        effect_size=share if effect_size_kind else missing(n_targets),
        effect_size_kind=effect_size_kind,
        n=n,
        n_missing=np.sum([g.n_missing for g in groups], axis=0),
        reasons=reasons,
    )


def sums_of_squares(groups: Sequence[Moments], n: Ints) -> tuple[Floats, Floats]:
    """Return the sums of squares between and within groups that share a centre.

    Parameters
    ----------
    n : (n_targets,), values of all groups
    """
    means = np.array([np.nan_to_num(g.mean) for g in groups])
    weights = np.array([g.n for g in groups], dtype=np.float64)
    grand = (weights * means).sum(axis=0) / n
    between = (weights * (means - grand) ** 2).sum(axis=0)
    within = np.sum([np.nan_to_num(g.sum_squares) for g in groups], axis=0)
    return between, within
