"""Residual variances of a panel, each drawn towards the prior that all of them give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from stats.methods.arrays import Floats, all_positive
from stats.methods.distinct import is_repeated, repeated
from stats.methods.linear_model import LinearFit
from stats.methods.result import first_reason
from stats.methods.robust_prior import robust_variance_prior
from stats.methods.variance_prior import VariancePrior, drawn_towards, variance_prior


class Posterior(NamedTuple):
    """Posterior variances; arrays are (n_targets,).

    Parameters
    ----------
    variance : s̃², NaN where no test can be made: the target has neither a variance of its own nor
        a prior, or no variance at all.
    df : of a test with it: own plus prior, at most the sum of all targets' own.
    reason : why there is no variance, or what the reader must know of it.
    details : the quantities behind it by name, as in MethodResult.
    """

    variance: Floats
    df: Floats
    reason: tuple[str, ...]
    details: Mapping[str, Floats]


def posterior(fit: LinearFit, *, trend: bool, robust: bool) -> Posterior:
    """Estimate the prior and draw every residual variance towards it.

    Parameters
    ----------
    fit : residual variances, their df, and the mean levels
    trend : let the prior variance follow the mean level
    robust : keep targets of outlying variance from shaping the prior, and draw them less

    Notes
    -----
    s̃² = (d s² + d₀ s₀²) ÷ (d + d₀), see `drawn_towards`; df = min(d + d₀, Σ d).
    """
    estimate = robust_variance_prior if robust else variance_prior
    d, own = fit.residual_df, fit.residual_variance
    prior = estimate(own, d, mean_level=fit.mean_level if trend else None)
    drawn = drawn_towards(own, d, prior.variance, prior.df)
    is_plain = not prior.reason and all_positive(own) and all_positive(drawn)
    variance = drawn if is_plain else np.where(drawn > 0, drawn, np.nan)
    df = _total_df(d, prior.df)
    details = {
        "mean_level_log2": fit.mean_level,
        "residual_variance": own,
        "residual_df": d,
        "prior_variance": prior.variance,
        "prior_df": prior.df,
        "posterior_variance": drawn,
    }
    reason = ("",) * len(drawn) if is_plain else tuple(_reasons(fit, prior, drawn))
    return Posterior(variance, df, reason, details)


def _total_df(own: Floats, prior: Floats) -> Floats:
    """Return own plus prior df, at most the sum of all own."""
    if is_repeated(own) and is_repeated(prior):
        most = len(own) * max(float(own[0]), 0.0)
        return repeated(len(own), min(float(own[0] + prior[0]), most))
    most = float(own[own > 0].sum())
    return np.asarray(np.minimum(own + prior, most), dtype=np.float64)


def _reasons(fit: LinearFit, prior: VariancePrior, drawn: Floats) -> list[str]:
    """Return why a target has no posterior variance, else what is odd about it."""
    alone = "the prior variance of the panel alone is used"
    everywhere = np.full(len(drawn), bool(prior.reason))
    has_no_df = fit.residual_df <= 0
    return first_reason(
        len(drawn),
        [
            (np.isnan(prior.variance), prior.reason or "no prior variance without a mean level"),
            (np.isnan(drawn), f"no residual degrees of freedom; {prior.reason}"),
            (drawn <= 0, f"zero variance; {prior.reason}"),
            (has_no_df, f"no residual degrees of freedom: {alone}"),
            (fit.residual_variance <= 0, f"zero residual variance: {alone}"),
            (everywhere, prior.reason),
        ],
    )
