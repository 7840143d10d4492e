"""Pearson's correlation of every target with one score."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, Ints, as_matrix, check_confidence
from stats.methods.moments import ROUNDING, Moments, is_constant, shared_moments
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import normal_quantile, two_sided_t

ON_A_LINE = "the values lie on one line: t and the interval are not finite"


def pearson(levels: ArrayLike, scores: ArrayLike, *, confidence: float) -> MethodResult:
    """Correlate the levels of each target with the scores of the same persons.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
    scores : (n_samples,), points of an instrument, NaN where missing
        Row i of both belongs to the same person; a person lacking either value is dropped.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate` and `effect_size`: r; interval by Fisher's z with SE 1/√(n − 3), from four
        persons on; `statistic`: t with `df` = n − 2. Three persons are needed.

    Raises
    ------
    ValueError
        The rows do not fit each other, or a value is infinite.

    Notes
    -----
    Assumes independent persons and a bivariate normal distribution. Two-sided.

    References
    ----------
    Fisher (1915), Biometrika 10:507–521, doi:10.1093/biomet/10.4.507.
    Checked against R `cor.test(method = "pearson")` at 1e-12 relative.
    """
    check_confidence(confidence)
    matrix = as_matrix(levels, "levels")
    column = as_matrix(np.reshape(scores, (-1, 1)), "scores")
    if len(column) != len(matrix):
        raise ValueError(f"{len(matrix)} rows of levels but {len(column)} scores")
    complete = ~np.isnan(matrix) & ~np.isnan(column)
    (x,) = shared_moments([np.where(complete, matrix, np.nan)])
    (y,) = shared_moments([np.where(complete, column, np.nan)])
    with np.errstate(divide="ignore", invalid="ignore"):
        r = _coefficient(matrix, column, complete, x, y)
        on_a_line = np.abs(r) >= 1 - ROUNDING
        reasons = _reasons(on_a_line, x, y)
        r = np.where([not why or why == ON_A_LINE for why in reasons], r, np.nan)
        return _result(r, x.n, x.n_missing, reasons, confidence)


def _coefficient(levels: Floats, scores: Floats, complete: Flags, x: Moments, y: Moments) -> Floats:
    dx = np.where(complete, (levels - x.centre) - x.mean, 0.0)
    dy = np.where(complete, (scores - y.centre) - y.mean, 0.0)
    products = np.ascontiguousarray((dx * dy).T).sum(axis=1)
    r: Floats = products / np.sqrt(x.sum_squares) / np.sqrt(y.sum_squares)
    return np.clip(r, -1, 1)


def _reasons(on_a_line: Flags, x: Moments, y: Moments) -> list[str]:
    few = [f"too few persons with both values: {n}, at least 3 are needed" for n in x.n.tolist()]
    return first_reason(
        len(x.n),
        [
            (x.n < 3, few),
            (is_constant(np.sqrt(x.variance), [x]), "zero variance: all levels agree"),
            (is_constant(np.sqrt(y.variance), [y]), "zero variance: all scores agree"),
            (on_a_line, ON_A_LINE),
        ],
    )


def _result(
    r: Floats, n: Ints, n_dropped: Ints, reasons: list[str], confidence: float
) -> MethodResult:
    df = np.where(sound(reasons), n - 2.0, np.nan)
    statistic = r * np.sqrt(df / ((1 - r) * (1 + r)))
    z = np.where(sound(reasons) & (n > 3), np.arctanh(r), np.nan)
    half_width = normal_quantile(confidence) / np.sqrt(np.maximum(n - 3.0, 0.0))
    no_interval = "too few persons for an interval: 3, at least 4 are needed"
    return MethodResult(
        estimate=r,
        ci_low=np.tanh(z - half_width),
        ci_high=np.tanh(z + half_width),
        statistic=statistic,
        df=df,
        df_denominator=missing(len(r)),
        p_value=two_sided_t(statistic, df),
        effect_size=r,
        effect_size_kind="r",
        n_numerator=n,
        n_denominator=np.zeros_like(n),
        n_pairs=None,
        n_dropped=n_dropped,
        reason=tuple(
            why or (no_interval if k == 3 else "") for why, k in zip(reasons, n, strict=True)
        ),
    )
