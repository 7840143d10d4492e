"""Treat: is a difference larger than a stated minimum, by moderated variances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import check_confidence
from stats.methods.linear_model import LinearFit
from stats.methods.moderated_result import moderated_results, standard_errors
from stats.methods.posterior import posterior
from stats.methods.result import MethodResult
from stats.methods.tails import upper_t
from stats.methods.two_arms import Differences, group_difference, pair_difference


def treat_groups(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    covariates: tuple[ArrayLike, ArrayLike] | None,
    minimum_log2fc: float,
    trend: bool,
    robust: bool,
    confidence: float,
) -> MethodResult:
    """Test whether two independent groups differ by more than a minimum, adjusted for covariates.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person; the rows of the two arms have no common order.
    covariates : matrices (n_samples, n_covariates) of the two groups, NaN where missing: a person
        lacking one is dropped. None for no adjustment.
    minimum_log2fc : differences up to this size belong to the null, as log2(1.5)
    trend, robust, confidence : as in `moderated_t`

    Returns
    -------
    MethodResult
        As `moderated_t_groups` (estimate and interval are those of the difference itself), but
        `statistic` is what the difference exceeds the minimum by, over its standard error, signed
        as the difference and 0 where it does not; `p_value`: the largest p over the null, that of
        |true difference| = minimum.

    Raises
    ------
    ValueError
        A minimum below 0; else as `moderated_t_groups`.

    Notes
    -----
    p = P(T > (|b| − τ)/s) + P(T > (|b| + τ)/s), T by t. It may exceed 0.5 and reach 1. The
    interval may exclude zero where p is large: it speaks of no difference, p of a small one.
    Assumes what `moderated_t` does.

    References
    ----------
    McCarthy & Smyth (2009), Bioinformatics 25:765–771, doi:10.1093/bioinformatics/btp053.
    Checked against limma 3.54 `treat` at 1e-8 relative, robust at 1e-6.
    """
    check_confidence(confidence)
    model = group_difference(numerator, denominator, covariates)
    return _beyond(
        *model, minimum_log2fc=minimum_log2fc, trend=trend, robust=robust, confidence=confidence
    )


def treat_pairs(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    minimum_log2fc: float,
    trend: bool,
    robust: bool,
    confidence: float,
) -> MethodResult:
    """Test whether the mean difference within pairs exceeds a minimum. As `treat_groups`.

    Parameters
    ----------
    numerator, denominator : (n_pairs, n_targets), log2 levels, NaN where missing
        Row i of both belongs to the same person; a pair lacking either value is dropped.
    minimum_log2fc, trend, robust, confidence : as in `treat_groups`
    """
    check_confidence(confidence)
    model = pair_difference(numerator, denominator)
    return _beyond(
        *model, minimum_log2fc=minimum_log2fc, trend=trend, robust=robust, confidence=confidence
    )


def _beyond(
    differences: Differences,
    fit: LinearFit,
    *,
    minimum_log2fc: float,
    trend: bool,
    robust: bool,
    confidence: float,
) -> MethodResult:
    if not 0 <= minimum_log2fc < np.inf:
        raise ValueError(f"the minimum is {minimum_log2fc}; it is 0 or more, as log2(1.5) = 0.585")
    variances = posterior(fit, trend=trend, robust=robust)
    (result,) = moderated_results(differences, variances, confidence=confidence)
    (error,) = standard_errors(differences, variances)
    size = np.abs(result.estimate)
    beyond = (size - minimum_log2fc) / error
    p_value = upper_t(beyond, result.df) + upper_t((size + minimum_log2fc) / error, result.df)
    return replace(
        result,
        statistic=np.sign(result.estimate) * np.maximum(beyond, 0.0),
        p_value=np.minimum(p_value, 1.0),
    )
