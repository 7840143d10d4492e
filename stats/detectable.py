"""How small a true difference would each test have found? Told beside every result."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.power import detectable_difference
from stats.methods.result import MethodResult
from stats.methods.tails import normal_quantile, t_quantile
from stats.recipes.computed import CONFIDENCE

#: Chance of finding it, by which a detectable difference is defined.
POWER = 0.8

#: Methods whose interval is the estimate ± a t quantile times its standard error.
_BY_T = frozenset(
    {
        "student_t",
        "welch_t",
        "paired_t",
        "moderated_t",
        "moderated_t_trend",
        "moderated_t_robust",
        "block_moderated_t",
        "mixed_model",
        "change_on_change",
    }
)
#: The same interval, but the test asks for more than the least difference that matters.
_BEYOND = frozenset({"treat"})
#: The half width of the interval is about a normal quantile times a standard error.
_BY_NORMAL = frozenset({"mann_whitney", "wilcoxon_signed_rank"})
#: The same for atanh of the estimate.
_BY_FISHER = frozenset({"pearson", "spearman"})


def detectable_effects(
    method: str,
    result: MethodResult,
    p_adjusted: Floats,
    *,
    alpha: float,
    least_log2: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return the smallest true effects found with 80 % power, in the unit of the estimate.

    Parameters
    ----------
    p_adjusted : (n_targets,), Benjamini–Hochberg p of the same block
    alpha : level of the plan
    least_log2 : difference that `treat` asks to be exceeded

    Returns
    -------
    at the plan's level, and at the level that the Benjamini–Hochberg rule came to
        alpha × hits / targets tested, with at least one hit; both (n_targets,), NaN where the
        method has no interval of a difference or a correlation.

    Notes
    -----
    Taken at the standard error that was seen, as a statement of what the data could show, not as
    a power "observed" for the estimate itself (Hoenig & Heisey 2001, The American Statistician
    55:19–24, doi:10.1198/000313001300339897). For rank tests and correlations the standard error
    is that of the normal approximation behind the interval; for `treat` the least difference plus
    what a one-sided test finds beyond it.
    """
    tested = int(np.sum(~np.isnan(result.p_value)))
    n_hits = int(np.sum(p_adjusted < alpha))
    levels = (alpha, alpha * max(n_hits, 1) / max(tested, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        plain, realised = (_detectable(method, result, a, least_log2) for a in levels)
    lost = np.isnan(result.p_value)
    return np.where(lost, np.nan, plain), np.where(lost, np.nan, realised)


def _detectable(method: str, result: MethodResult, alpha: float, least_log2: float) -> Floats:
    width = result.ci_high - result.ci_low
    if method in _BY_T | _BEYOND:
        df = np.where(np.isnan(result.df_denominator), result.df, result.df_denominator)
        error = width / 2 / t_quantile(CONFIDENCE, df)
        if method in _BY_T:
            return _found(error, df, alpha)
        return least_log2 + _found(error, df, min(2 * alpha, 0.5))
    infinite = np.full(len(width), np.inf)
    if method in _BY_NORMAL:
        return _found(width / 2 / normal_quantile(CONFIDENCE), infinite, alpha)
    if method in _BY_FISHER:
        turned = np.arctanh(result.ci_high) - np.arctanh(result.ci_low)
        return np.tanh(_found(turned / 2 / normal_quantile(CONFIDENCE), infinite, alpha))
    return np.full(len(width), np.nan)


def _found(error: Floats, df: Floats, alpha: float) -> Floats:
    good = np.isfinite(error) & (error > 0)
    out = np.full(len(error), np.nan)
    out[good] = detectable_difference(error[good], df[good], alpha=alpha, power=POWER)
    return out
