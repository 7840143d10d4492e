"""What Student's and Welch's t share: from a difference and its standard error to a result."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.moments import Moments, is_constant
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import t_quantile, two_sided_t


def pooled_variance(a: Moments, b: Moments) -> Floats:
    """Return the variance pooled over two groups, NaN below three values in all."""
    df = a.n + b.n - 2
    return np.where(df > 0, (a.sum_squares + b.sum_squares) / np.maximum(df, 1), np.nan)


def welch_error(a: Moments, b: Moments) -> tuple[Floats, Floats]:
    """Return the standard error of a difference of means with a variance per group, and its df."""
    share_a, share_b = a.variance / a.n, b.variance / b.n
    df = (share_a + share_b) ** 2 / (share_a**2 / (a.n - 1) + share_b**2 / (b.n - 1))
    return np.sqrt(share_a + share_b), df


def few_values(a: Moments, b: Moments, *, least: int) -> list[str]:
    """Return, per target, the words for arms with too few values."""
    return [
        f"too few values: {x} in the numerator and {y} in the denominator group, "
        f"at least {least} in each and 3 in all are needed"
        for x, y in zip(a.n.tolist(), b.n.tolist(), strict=True)
    ]


def independent_t(
    a: Moments, b: Moments, standard_error: Floats, df: Floats, *, least: int, confidence: float
) -> MethodResult:
    """Return the t test of the difference of two independent means.

    Parameters
    ----------
    a, b : moments of the numerator and the denominator group around one centre
    standard_error, df : (n_targets,), of the difference
    least : values that each arm needs
    confidence : of the interval, as 0.95
    """
    n_targets = len(a.n)
    too_few = (np.minimum(a.n, b.n) < least) | (a.n + b.n < 3)
    reasons = first_reason(
        n_targets,
        [
            (too_few, few_values(a, b, least=least)),
            (is_constant(standard_error, (a, b)), "zero variance: all values of each group agree"),
        ],
    )
    good = sound(reasons)
    se, df = np.where(good, standard_error, np.nan), np.where(good, df, np.nan)
    estimate = a.mean - b.mean
    statistic = estimate / se
    half_width = t_quantile(confidence, df) * se
    pooled_sd = np.where(good, np.sqrt(pooled_variance(a, b)), np.nan)
    return MethodResult(
        estimate=estimate,
        ci_low=estimate - half_width,
        ci_high=estimate + half_width,
        statistic=statistic,
        df=df,
        df_denominator=missing(n_targets),
        p_value=two_sided_t(statistic, df),
        effect_size=estimate / pooled_sd,
        effect_size_kind="cohen_d",
        n_numerator=a.n,
        n_denominator=b.n,
        n_pairs=None,
        n_dropped=a.n_missing + b.n_missing,
        reason=tuple(reasons),
    )
