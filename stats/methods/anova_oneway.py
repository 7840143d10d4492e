"""One-way analysis of variance with equal variances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats, Ints, as_matrices
from stats.methods.moments import Moments, is_constant, shared_moments
from stats.methods.result import CI_NOT_DEFINED, MethodResult, first_reason, missing, sound
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
    if len(responses) < 2:
        raise ValueError(f"{len(responses)} group given; a comparison needs at least 2")
    groups = shared_moments(responses)
    n_targets, n_groups = len(groups[0].n), len(groups)
    n: Ints = np.sum([g.n for g in groups], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        between, within = _sums_of_squares(groups, n)
        noise = np.sqrt(within / (n - n_groups) / n)
        reasons = first_reason(
            n_targets,
            [
                (np.min([g.n for g in groups], axis=0) < 2, _few_values(groups)),
                (is_constant(noise, shared_moments(levels)), f"zero variance: {constant}"),
            ],
        )
        good = sound(reasons)
        df = np.where(good, n_groups - 1.0, np.nan)
        df_denominator = np.where(good, n - n_groups, np.nan)
        statistic = (between / df) / (within / df_denominator)
        share = np.where(good, between / (between + within), np.nan)
    return MethodResult(
        estimate=missing(n_targets),
        ci_low=missing(n_targets),
        ci_high=missing(n_targets),
        statistic=statistic,
        df=df,
        df_denominator=df_denominator,
        p_value=upper_f(statistic, df, df_denominator),
        effect_size=share if effect_size_kind else missing(n_targets),
        effect_size_kind=effect_size_kind,
        n_numerator=n,
        n_denominator=np.zeros_like(n),
        n_pairs=None,
        n_dropped=np.sum([g.n_missing for g in groups], axis=0),
        reason=tuple(r or CI_NOT_DEFINED for r in reasons),
    )


def _sums_of_squares(groups: Sequence[Moments], n: Ints) -> tuple[Floats, Floats]:
    """Return the sums of squares between and within groups."""
    means = np.array([np.nan_to_num(g.mean) for g in groups])
    weights = np.array([g.n for g in groups], dtype=np.float64)
    grand = (weights * means).sum(axis=0) / n
    between = (weights * (means - grand) ** 2).sum(axis=0)
    within = np.sum([np.nan_to_num(g.sum_squares) for g in groups], axis=0)
    return between, within


def _few_values(groups: Sequence[Moments]) -> list[str]:
    counts = np.array([g.n for g in groups]).T.tolist()
    return [f"too few values: {row} in the groups, at least 2 in each are needed" for row in counts]
