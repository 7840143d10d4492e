"""Student's t test of two independent groups with equal variances."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices, check_confidence
from stats.methods.difference import independent_t, pooled_variance
from stats.methods.moments import shared_moments
from stats.methods.result import MethodResult


def student_t(numerator: ArrayLike, denominator: ArrayLike, *, confidence: float) -> MethodResult:
    """Test numerator minus denominator with a pooled variance.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person; the rows of the two arms have no common order.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: difference of mean log2 levels; `df` = n₁ + n₂ − 2; `effect_size`: Cohen's d
        with the pooled SD. Each arm needs one value, both together three.

    Raises
    ------
    ValueError
        The matrices do not fit each other, or hold an infinite value.

    Notes
    -----
    Assumes independent samples, normal levels, equal variances. Two-sided.

    References
    ----------
    Student (1908), Biometrika 6:1–25, doi:10.1093/biomet/6.1.1.
    Checked against R `t.test(var.equal = TRUE)` at 1e-12 relative.
    """
    check_confidence(confidence)
    a, b = shared_moments(as_matrices([numerator, denominator], "group"))
    with np.errstate(divide="ignore", invalid="ignore"):
        standard_error = np.sqrt(pooled_variance(a, b) * (1 / a.n + 1 / b.n))
        df = (a.n + b.n - 2).astype(np.float64)
        return independent_t(a, b, standard_error, df, least=1, confidence=confidence)
