"""Welch's t test of two independent groups whose variances may differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices, check_confidence
from stats.methods.difference import independent_t, welch_error
from stats.methods.moments import shared_moments
from stats.methods.result import MethodResult


def welch_t(numerator: ArrayLike, denominator: ArrayLike, *, confidence: float) -> MethodResult:
    """Test numerator minus denominator, each group with its own variance.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person; the rows of the two arms have no common order.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: difference of mean log2 levels; `df` by Satterthwaite, not rounded;
        `effect_size`: Cohen's d with the pooled SD. Each arm needs two values.

    Raises
    ------
    ValueError
        The matrices do not fit each other, or hold an infinite value.

    Notes
    -----
    Assumes independent samples and normal levels. Two-sided.

    References
    ----------
    Welch (1947), Biometrika 34:28–35, doi:10.1093/biomet/34.1-2.28.
    Checked against R `t.test(var.equal = FALSE)` at 1e-12 relative.
    """
    check_confidence(confidence)
    a, b = shared_moments(as_matrices([numerator, denominator], "group"))
    with np.errstate(divide="ignore", invalid="ignore"):
        standard_error, df = welch_error(a, b)
        return independent_t(a, b, standard_error, df, least=2, confidence=confidence)
