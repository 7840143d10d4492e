"""From a difference and posterior variances to a t test."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.posterior import Posterior
from stats.methods.result import MethodResult, first_reason, missing
from stats.methods.tails import t_quantile, two_sided_t
from stats.methods.two_arms import Difference


def standard_error(difference: Difference, variances: Posterior) -> Floats:
    """Return the moderated standard error of a difference, NaN where it cannot be tested."""
    with np.errstate(invalid="ignore"):
        error = difference.contrast.unscaled_error * np.sqrt(variances.variance)
    return np.where(error > 0, error, np.nan)


def moderated_result(
    difference: Difference, variances: Posterior, *, confidence: float
) -> MethodResult:
    """Return the moderated t test of a difference against zero."""
    estimate, error = difference.contrast.estimate, standard_error(difference, variances)
    is_gap = np.isnan(error)
    with np.errstate(invalid="ignore", divide="ignore"):
        effect_size = np.where(is_gap, np.nan, estimate / np.sqrt(variances.variance))
    df = np.where(is_gap, np.nan, variances.df)
    statistic = estimate / error
    half_width = t_quantile(confidence, df) * error
    return MethodResult(
        estimate=estimate,
        ci_low=estimate - half_width,
        ci_high=estimate + half_width,
        statistic=statistic,
        df=df,
        df_denominator=missing(len(df)),
        p_value=two_sided_t(statistic, df),
        effect_size=effect_size,
        effect_size_kind=difference.effect_size_kind,
        n_numerator=difference.n_numerator,
        n_denominator=difference.n_denominator,
        n_pairs=difference.n_pairs,
        n_dropped=difference.n_dropped,
        reason=_reasons(difference, variances),
        details=variances.details,
    )


def _reasons(difference: Difference, variances: Posterior) -> tuple[str, ...]:
    lost = np.isnan(difference.contrast.estimate)
    words = difference.lacking_words() if lost.any() else ""
    checks = [(lost, words), *variances.gaps(), *variances.notes()]
    return tuple(first_reason(len(lost), checks))
