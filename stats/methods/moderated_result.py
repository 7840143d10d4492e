"""From differences and posterior variances to t tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stats.methods.arrays import Flags, Floats, any_true
from stats.methods.distinct import distinct
from stats.methods.posterior import Posterior
from stats.methods.result import MethodResult, first_reason, missing
from stats.methods.tails import many_two_sided_t, t_quantile
from stats.methods.two_arms import Differences


def standard_errors(differences: Differences, variances: Posterior) -> Floats:
    """Return moderated standard errors, (n_differences, n_targets), NaN where untested."""
    return differences.contrasts.unscaled_error * np.sqrt(variances.variance)


def moderated_results(
    differences: Differences, variances: Posterior, *, confidence: float
) -> list[MethodResult]:
    """Return the moderated t test of each difference against zero."""
    estimate, error = differences.contrasts.estimate, standard_errors(differences, variances)
    statistic = estimate / error
    different, _ = distinct(variances.df)
    own_df = different if len(different) == 1 else variances.df
    half_width = t_quantile(confidence, own_df) * error
    low, high = estimate - half_width, estimate + half_width
    df: Sequence[Floats] = [variances.df] * len(estimate)
    reasons = [variances.reason] * len(estimate)
    is_untested = np.isnan(error)
    if any_true(is_untested):
        df = list(np.where(is_untested, np.nan, variances.df))
        lost = np.isnan(estimate)
        reasons = [_reasons(differences, i, lost[i], variances) for i in range(len(estimate))]
    panel_df = own_df if own_df is different else np.concatenate(df)
    p_value = many_two_sided_t(statistic.ravel(), panel_df).reshape(estimate.shape)
    effect_size = statistic * differences.contrasts.unscaled_error
    n_pairs, nothing = differences.n_pairs, missing(len(variances.df))
    return [
        MethodResult(
            estimate=estimate[i],
            ci_low=low[i],
            ci_high=high[i],
            statistic=statistic[i],
            df=df[i],
            df_denominator=nothing,
            p_value=p_value[i],
            effect_size=effect_size[i],
            effect_size_kind=differences.effect_size_kind,
            n_numerator=differences.n_numerator[i],
            n_denominator=differences.n_denominator[i],
            n_pairs=None if n_pairs is None else n_pairs[i],
            n_dropped=differences.n_dropped[i],
            reason=reasons[i],
            details=variances.details,
        )
        for i in range(len(estimate))
    ]


def _reasons(
    differences: Differences, i: int, lost: Flags, variances: Posterior
) -> tuple[str, ...]:
    words = first_reason(len(lost), [(lost, differences.lacking_words(i))])
    return tuple(own or other for own, other in zip(words, variances.reason, strict=True))
