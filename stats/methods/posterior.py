"""Residual variances of a panel, each drawn towards the prior that all of them give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.linear_model import LinearFit
from stats.methods.result import first_reason
from stats.methods.robust_prior import robust_variance_prior
from stats.methods.variance_prior import VariancePrior, drawn_towards, variance_prior


@dataclass(frozen=True)
class Posterior:
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
    is_plain = not prior.reason and bool((own > 0).all()) and bool((drawn > 0).all())
    variance = drawn if is_plain else np.where(drawn > 0, drawn, np.nan)
    df = np.minimum(d + prior.df, (d if is_plain else d[d > 0]).sum())
    details = {
        "mean_level_log2": fit.mean_level,
        "residual_variance": own,
        "residual_df": d,
        "prior_variance": prior.variance,
        "prior_df": prior.df,
        "posterior_variance": drawn,
    }
    reasons = [""] * len(drawn) if is_plain else _reasons(fit, prior, drawn)
    return Posterior(variance, df, tuple(reasons), details)


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
