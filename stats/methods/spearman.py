"""Spearman's rank correlation of every target with one score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import check_confidence
from stats.methods.correlation import (
    ON_A_LINE,
    coefficient,
    correlation_result,
    levels_and_scores,
)
from stats.methods.ranks import average_ranks
from stats.methods.result import MethodResult

RANKS_AGREE = "the ranks agree fully: t and the interval are not finite"


def spearman(levels: ArrayLike, scores: ArrayLike, *, confidence: float) -> MethodResult:
    """Correlate the ranks of each target's levels with the ranks of the same persons' scores.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
    scores : (n_samples,), points of an instrument, NaN where missing
        Row i of both belongs to the same person; a person lacking either value is dropped before
        ranking.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate` and `effect_size`: rho, with average ranks for ties; `statistic`: t with `df` =
        n − 2; interval by Fisher's z with SE √((1 + rho² / 2) / (n − 3)), from four persons on.
        Three persons are needed.

    Raises
    ------
    ValueError
        The rows do not fit each other, or a value is infinite.

    Notes
    -----
    Assumes independent persons. p by the t approximation, never exact, so that ties change no
    method. Two-sided.

    References
    ----------
    Spearman (1904), American Journal of Psychology 15:72–101, doi:10.2307/1412159; interval:
    Bonett & Wright (2000), Psychometrika 65:23–28, doi:10.1007/BF02294183.
    Checked against R `cor.test(method = "spearman", exact = FALSE)` at 1e-10 relative.
    """
    check_confidence(confidence)
    matrix, column = levels_and_scores(levels, scores)
    complete = ~np.isnan(matrix) & ~np.isnan(column)
    ranks, _ = average_ranks(np.where(complete, matrix, np.nan))
    score_ranks, _ = average_ranks(np.where(complete, column, np.nan))
    rho, x, reasons = coefficient(ranks, score_ranks)
    result = correlation_result(
        rho, x.n, x.n_missing, [RANKS_AGREE if r == ON_A_LINE else r for r in reasons],
        inflation=1 + rho**2 / 2, n_covariates=0, confidence=confidence,
    )  # fmt: skip
    return replace(result, effect_size_kind="rho")
