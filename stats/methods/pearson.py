"""Pearson's correlation of every target with one score, covariates held constant or not."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats, as_matrix, check_confidence
from stats.methods.correlation import (
    ON_A_LINE,
    coefficient,
    correlation_result,
    levels_and_scores,
)
from stats.methods.partial import association
from stats.methods.result import MethodResult


def pearson(
    levels: ArrayLike,
    scores: ArrayLike,
    *,
    confidence: float,
    covariates: ArrayLike | None = None,
) -> MethodResult:
    """Correlate the levels of each target with the scores of the same persons.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
    scores : (n_samples,), points of an instrument, NaN where missing
        Row i of both belongs to the same person; a person lacking either value is dropped.
    confidence : coverage of the interval, as 0.95
    covariates : (n_samples, k), numbers held constant, NaN where missing; None for none
        A person lacking one of them is dropped.

    Returns
    -------
    MethodResult
        `estimate` and `effect_size`: r, with k covariates the partial correlation; interval by
        Fisher's z with SE 1/√(n − 3 − k), from 4 + k persons on; `statistic`: t with `df` =
        n − 2 − k. 3 + k persons are needed.

    Raises
    ------
    ValueError
        The rows do not fit each other, or a value is infinite.

    Notes
    -----
    Assumes independent persons and a (multivariate) normal distribution. Two-sided.

    References
    ----------
    Fisher (1915), Biometrika 10:507–521, doi:10.1093/biomet/10.4.507; partial: Fisher (1924),
    Metron 3:329–332.
    Checked against R `cor.test(method = "pearson")` at 1e-12 relative, partial correlations
    against `lm` at 1e-10.
    """
    check_confidence(confidence)
    matrix, column = levels_and_scores(levels, scores)
    if covariates is not None:
        return _partial(matrix, column, as_matrix(covariates, "covariates"), confidence)
    r, x, reasons = coefficient(matrix, column)
    return correlation_result(
        r, x.n, x.n_missing, reasons,
        inflation=np.ones_like(r), n_covariates=0, confidence=confidence,
    )  # fmt: skip


def _partial(levels: Floats, scores: Floats, covariates: Floats, confidence: float) -> MethodResult:
    k = covariates.shape[1]
    if len(covariates) != len(levels):
        raise ValueError(f"{len(levels)} rows of levels but {len(covariates)} of covariates")
    names = [*[f"covariate {i}" for i in range(1, k + 1)], "the score", "the level"]
    fit = association(levels, scores, np.split(covariates, k, axis=1) if k else [], names=names)
    reasons = [
        why or (ON_A_LINE if line else "")
        for why, line in zip(fit.reasons, fit.on_a_line.tolist(), strict=True)
    ]
    return correlation_result(
        fit.r, fit.n, fit.n_missing, reasons,
        inflation=np.ones_like(fit.r), n_covariates=k, confidence=confidence,
    )  # fmt: skip
