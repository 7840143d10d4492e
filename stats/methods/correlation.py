"""What Pearson's and Spearman's correlation share: from a coefficient to a result."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, Ints, as_matrix
from stats.methods.moments import ROUNDING, Moments, is_constant, shared_moments
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import normal_quantile, two_sided_t

ON_A_LINE = "the values lie on one line: t and the interval are not finite"


def levels_and_scores(levels: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """Return the levels (n_samples, n_targets) and the scores (n_samples, 1).

    Raises
    ------
    ValueError
        The rows do not fit each other, or a value is infinite.
    """
    matrix = as_matrix(levels, "levels")
    column = as_matrix(np.reshape(scores, (-1, 1)), "scores")
    if len(column) != len(matrix):
        raise ValueError(f"{len(matrix)} rows of levels but {len(column)} scores")
    return matrix, column


def coefficient(levels: Floats, scores: Floats) -> tuple[Floats, Moments, list[str]]:
    """Return r of each target, the moments of its complete levels, and why there is no t.

    Parameters
    ----------
    levels : (n_samples, n_targets), NaN where missing
    scores : (n_samples, n_targets) or (n_samples, 1), NaN where missing
    """
    complete = ~np.isnan(levels) & ~np.isnan(scores)
    (x,) = shared_moments([np.where(complete, levels, np.nan)])
    (y,) = shared_moments([np.where(complete, scores, np.nan)])
    with np.errstate(divide="ignore", invalid="ignore"):
        r = _coefficient(levels, scores, complete, x, y)
        on_a_line = np.abs(r) >= 1 - ROUNDING
        reasons = _reasons(on_a_line, x, y)
    r = np.where([not why or why == ON_A_LINE for why in reasons], r, np.nan)
    return r, x, reasons


def correlation_result(
    r: Floats,
    n: Ints,
    n_dropped: Ints,
    reasons: Sequence[str],
    *,
    inflation: Floats,
    n_covariates: int,
    confidence: float,
) -> MethodResult:
    """Return t, p and the interval by Fisher's z.

    Parameters
    ----------
    r : (n_targets,), correlation coefficients, NaN where there is none
    n, n_dropped : (n_targets,), persons with and without all values
    reasons : why there is no t, else empty
    inflation : (n_targets,), variance of z times (n − 3 − covariates)
    n_covariates : held constant
    confidence : coverage of the interval
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(sound(reasons), n - 2.0 - n_covariates, np.nan)
        statistic = r * np.sqrt(df / ((1 - r) * (1 + r)))
        left = n - 3.0 - n_covariates
        z = np.where(sound(reasons) & (left > 0), np.arctanh(r), np.nan)
        half_width = normal_quantile(confidence) * np.sqrt(inflation / np.maximum(left, 0.0))
    least = 4 + n_covariates
    no_interval = f"too few persons for an interval: {least - 1}, at least {least} are needed"
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
            why or (no_interval if k == least - 1 else "")
            for why, k in zip(reasons, n.tolist(), strict=True)
        ),
    )


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
