"""Paired t test: Student's test of within-pair differences against zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats, as_matrices, check_confidence
from stats.methods.moments import Moments, is_constant, shared_moments
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import t_quantile, two_sided_t


def paired_t(numerator: ArrayLike, denominator: ArrayLike, *, confidence: float) -> MethodResult:
    """Test the mean of numerator minus denominator within pairs.

    Parameters
    ----------
    numerator, denominator : (n_pairs, n_targets), log2 levels, NaN where missing
        Row i of both belongs to the same person; a pair lacking either value is dropped.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: mean difference of log2 levels; `df` = pairs − 1; `effect_size`: Cohen's dz,
        the mean difference over the SD of the differences. Two complete pairs are needed.

    Raises
    ------
    ValueError
        The matrices differ in shape, or hold an infinite value.

    Notes
    -----
    Assumes independent pairs and normal differences. Two-sided.

    References
    ----------
    Student (1908), Biometrika 6:1–25, doi:10.1093/biomet/6.1.1; dz: Lakens (2013), Frontiers in
    Psychology 4:863, doi:10.3389/fpsyg.2013.00863.
    Checked against R `t.test(paired = TRUE)` at 1e-12 relative.
    """
    check_confidence(confidence)
    top, bottom = as_matrices([numerator, denominator], "arm")
    if top.shape != bottom.shape:
        raise ValueError(
            f"the arms have {top.shape[0]} and {bottom.shape[0]} rows; pairs need equal"
        )
    differences = top - bottom
    (d,) = shared_moments([differences])
    complete = ~np.isnan(differences)
    arms = shared_moments([np.where(complete, arm, np.nan) for arm in (top, bottom)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return _test(d, arms, confidence)


def _test(d: Moments, arms: tuple[Moments, ...], confidence: float) -> MethodResult:
    n_targets = len(d.n)
    sd = np.sqrt(d.variance)
    words = [f"too few complete pairs: {n}, at least 2 are needed" for n in d.n.tolist()]
    reasons = first_reason(
        n_targets,
        [
            (d.n < 2, words),
            (is_constant(sd / np.sqrt(d.n), arms), "zero variance: all differences agree"),
        ],
    )
    sd = np.where(sound(reasons), sd, np.nan)
    df = np.where(sound(reasons), d.n - 1.0, np.nan)
    estimate: Floats = d.mean + d.centre
    standard_error = sd / np.sqrt(d.n)
    statistic = estimate / standard_error
    half_width = t_quantile(confidence, df) * standard_error
    return MethodResult(
        estimate=estimate,
        ci_low=estimate - half_width,
        ci_high=estimate + half_width,
        statistic=statistic,
        df=df,
        df_denominator=missing(n_targets),
        p_value=two_sided_t(statistic, df),
        effect_size=estimate / sd,
        effect_size_kind="cohen_dz",
        n_numerator=d.n,
        n_denominator=d.n,
        n_pairs=d.n,
        n_dropped=d.n_missing,
        reason=tuple(reasons),
    )
