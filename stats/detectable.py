"""How small a true difference would each test have found? Told beside every result."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.power import detectable_difference
from stats.methods.result import MethodResult
from stats.methods.tails import t_quantile
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
    }
)


def detectable_effects(
    method: str, result: MethodResult, p_adjusted: Floats, *, alpha: float
) -> tuple[Floats, Floats]:
    """Return the smallest differences found with 80 % power, in log2 units.

    Parameters
    ----------
    p_adjusted : (n_targets,), Benjamini–Hochberg p of the same block
    alpha : level of the plan

    Returns
    -------
    at the plan's level, and at the level that the Benjamini–Hochberg rule came to
        alpha × hits / targets tested, with at least one hit; both (n_targets,), NaN where the
        method has no t interval.

    Notes
    -----
    Taken at the standard error that was seen, as a statement of what the data could show, not as
    a power "observed" for the estimate itself (Hoenig & Heisey 2001, The American Statistician
    55:19–24, doi:10.1198/000313001300339897).
    """
    none = np.full(len(p_adjusted), np.nan)
    tested = int(np.sum(~np.isnan(result.p_value)))
    if method not in _BY_T or not tested:
        return none, none
    n_hits = int(np.sum(p_adjusted < alpha))
    realised = alpha * max(n_hits, 1) / tested
    df = _degrees(result)
    with np.errstate(invalid="ignore"):
        error = (result.ci_high - result.ci_low) / 2 / t_quantile(CONFIDENCE, df)
    good = np.isfinite(error) & (error > 0)
    plain, adjusted = none.copy(), none.copy()
    for out, level in ((plain, alpha), (adjusted, realised)):
        out[good] = detectable_difference(error[good], df[good], alpha=level, power=POWER)
    return plain, adjusted


def _degrees(result: MethodResult) -> Floats:
    """Return the degrees of freedom of the interval: of an F with one df its denominator's."""
    return np.where(np.isnan(result.df_denominator), result.df, result.df_denominator)
