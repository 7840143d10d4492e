"""Residual variances of a panel, each drawn towards the prior that all of them give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats
from stats.methods.linear_model import LinearFit
from stats.methods.robust_prior import robust_variance_prior
from stats.methods.variance_prior import VariancePrior, variance_prior


@dataclass(frozen=True)
class Posterior:
    """Posterior variances; arrays are (n_targets,).

    Parameters
    ----------
    variance : s̃², NaN where there is neither a variance of the target's own nor a prior.
    df : of a test with it: own plus prior, at most the sum of all targets' own.
    prior : where it comes from.
    residual_variance, residual_df, mean_level : of the target itself.
    """

    variance: Floats
    df: Floats
    prior: VariancePrior
    residual_variance: Floats
    residual_df: Floats
    mean_level: Floats

    @property
    def details(self) -> Mapping[str, Floats]:
        """Quantities behind the variance, by name."""
        return {
            "mean_level_log2": self.mean_level,
            "residual_variance": self.residual_variance,
            "residual_df": self.residual_df,
            "prior_variance": self.prior.variance,
            "prior_df": self.prior.df,
            "posterior_variance": self.variance,
        }

    def gaps(self) -> list[tuple[Flags, str]]:
        """Return where no test can be made, with the words."""
        no_prior = self.prior.reason or "no prior variance at this mean level"
        return [
            (np.isnan(self.variance) & np.isnan(self.prior.variance), no_prior),
            (np.isnan(self.variance), f"no residual degrees of freedom; {self.prior.reason}"),
            (self.variance <= 0, f"zero variance; {self.prior.reason}"),
        ]

    def notes(self) -> list[tuple[Flags, str]]:
        """Return what the reader of a sound test must know, with the words."""
        alone = "the prior variance of the panel alone is used"
        everywhere = np.ones(len(self.df), dtype=np.bool_)
        return [
            (self.residual_df <= 0, f"no residual degrees of freedom: {alone}"),
            (self.residual_variance <= 0, f"zero residual variance: {alone}"),
            (everywhere & bool(self.prior.reason), self.prior.reason),
        ]


def posterior(fit: LinearFit, *, trend: bool, robust: bool) -> Posterior:
    """Estimate the prior and draw every residual variance towards it.

    Parameters
    ----------
    fit : residual variances, their df, and the mean levels
    trend : let the prior variance follow the mean level
    robust : keep targets of outlying variance from shaping the prior, and draw them less

    Notes
    -----
    s̃² = (d s² + d₀ s₀²) ÷ (d + d₀); with infinite d₀ it is s₀². df = min(d + d₀, Σ d).
    """
    estimate = robust_variance_prior if robust else variance_prior
    d = fit.residual_df
    prior = estimate(fit.residual_variance, d, mean_level=fit.mean_level if trend else None)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(d > 0, d * fit.residual_variance, 0.0)
        drawn = (own + prior.df * prior.variance) / (d + prior.df)
        variance = np.where(np.isinf(prior.df), prior.variance, drawn)
        df = np.minimum(d + prior.df, d[d > 0].sum())
    return Posterior(variance, df, prior, fit.residual_variance, d, fit.mean_level)
