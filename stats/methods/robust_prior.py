"""The prior of residual variances where some targets may be outliers."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from stats.methods.arrays import Floats
from stats.methods.f_tails import FDistribution
from stats.methods.variance_prior import (
    VariancePrior,
    informative,
    log_location,
    variance_prior,
)

#: Shares of the log variances that are drawn in to the quantile there, low and high.
_TAILS = (0.05, 0.1)
#: A variance below this share of the median is taken as that share of it.
_FLOOR = 1e-12
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)


def robust_variance_prior(
    variance: Floats, df: Floats, *, mean_level: Floats | None
) -> VariancePrior:
    """Estimate the prior from winsorised log variances, and a smaller d₀ for outliers.

    Parameters
    ----------
    variance, df, mean_level : (n_targets,), as in `variance_prior`

    Notes
    -----
    1. Variances of fewer than the most df are moved to the same quantile of the F distribution
       with the most df, by the plain prior.
    2. Log variances are winsorised (lowest 5 %, highest 10 %); d₀ makes the variance of a
       winsorised log F what was observed, s₀² its mean. d₀ is at least that of the plain prior.
    3. A target is an outlier with the probability 1 − p ÷ (its rank − ½) × n, where p is the upper
       tail of its variance; its d₀ is the mean, by that probability, of d₀ and of the d₀ that
       would make the largest variance a median one. d₀ does not fall as variances fall.

    Fewer than ten informative targets have no tail to winsorise: the plain prior is returned.

    References
    ----------
    Phipson, Lee, Majewski, Alexander & Smyth (2016), Annals of Applied Statistics 10:946–963,
    doi:10.1214/16-AOAS920. Checked against limma 3.54 `eBayes(robust = TRUE)` at 1e-6.
    """
    plain = variance_prior(variance, df, mean_level=mean_level)
    tells = informative(variance, df, mean_level)
    if plain.reason or tells.sum() * max(_TAILS) < 1:
        return plain
    x, d, plain_df = variance[tells], df[tells], float(plain.df[0])
    x = np.maximum(x, _FLOOR * np.median(x))
    x = _at_most_df(x, d, plain.variance[tells], plain_df)
    most = float(d.max())
    location = log_location(np.log(x), tells, mean_level)
    rest = np.log(x) - location.at[tells]
    drawn = np.clip(rest, *np.quantile(rest, [_TAILS[0], 1 - _TAILS[1]]))
    spread = np.square(drawn - drawn.mean()).sum() / (len(x) - location.n_coefficients)
    prior_df = _matching_df(most, float(spread))
    if np.isinf(plain_df) and np.isfinite(prior_df):
        return plain
    prior_df = max(prior_df, plain_df)
    scale = np.exp(location.at + drawn.mean() - winsor_moments(most, prior_df)[0])
    each = np.full(len(df), prior_df)
    each[tells] = _outlier_df(x / scale[tells], FDistribution(most, prior_df))
    return VariancePrior(scale, each, "")


def _at_most_df(x: Floats, df: Floats, scale: Floats, prior_df: float) -> Floats:
    """Return variances as if all had the largest df: at the same quantile of the plain prior."""
    most = float(df.max())
    few = df < most
    out, ratio = x.copy(), x[few] / scale[few]
    law, target = FDistribution(df[few], prior_df), FDistribution(most, prior_df)
    upper, lower = law.upper(ratio), law.lower(ratio)
    moved = np.where(upper < lower, target.from_upper(upper), target.from_lower(lower))
    # Beyond p = 1e-300 the quantile is lost; the variance itself is as extreme.
    out[few] = np.where(np.minimum(upper, lower) > 1e-300, moved, ratio) * scale[few]
    return out


def winsor_moments(df: float, prior_df: float) -> tuple[float, float]:
    """Return mean and variance of the winsorised log of F(df, prior_df), by quadrature."""
    law = FDistribution(df, prior_df)
    low, high = np.log(law.from_lower(_TAILS[0])), np.log(law.from_upper(_TAILS[1]))
    z = (low + high) / 2 + (high - low) / 2 * _NODES
    mass = np.exp(law.log_density(z)) * _WEIGHTS * (high - low) / 2
    mean = mass @ z + _TAILS[0] * low + _TAILS[1] * high
    spread = mass @ (z - mean) ** 2
    spread += _TAILS[0] * (low - mean) ** 2 + _TAILS[1] * (high - mean) ** 2
    return float(mean), float(spread)


def _matching_df(df: float, observed: float) -> float:
    """Return the d₀ whose winsorised log F varies as observed; infinite where none does."""
    if observed <= winsor_moments(df, np.inf)[1]:
        return np.inf

    def excess(log_df: float) -> float:
        return winsor_moments(df, np.exp(log_df))[1] - observed

    low, high = np.log(0.01), np.log(1e8)
    if excess(low) < 0:
        return 0.01
    if excess(high) > 0:
        return np.inf
    return float(np.exp(optimize.brentq(excess, low, high, xtol=1e-13, rtol=1e-14)))


def _outlier_df(ratio: Floats, law: FDistribution) -> Floats:
    """Return the d₀ of each target from its variance over s₀².

    With infinite d₀ an outlier's is its probability not to be one times the df of all targets.
    """
    n = len(ratio)
    order = np.argsort(-ratio, kind="stable")
    p = law.upper(ratio[order])
    regular = np.minimum(p / ((np.arange(n) + 0.5) / n), 1.0)
    out = np.empty(n)
    if np.isinf(law.df_denominator):
        mixed = np.where(regular < 1, regular * n * law.df, np.inf)
    else:
        least = _least_df(float(ratio.max()), law)
        mixed = regular * law.df_denominator + (1 - regular) * least
        means = np.cumsum(mixed) / np.arange(1, n + 1)
        first = int(means.argmin())
        mixed[: first + 1] = means[first]
    out[order] = np.maximum.accumulate(mixed)
    return out


def _least_df(largest: float, law: FDistribution) -> float:
    """Return the d₀ under which the largest ratio is about a median one.

    log P(F > largest) is nearly in proportion to d₀; two steps by that rule, as limma's answers.
    """
    least = law.df_denominator
    for _ in range(2):
        p = float(FDistribution(law.df, least).upper(np.array(largest)))
        least *= np.log(0.5) / np.log(max(p, np.finfo(np.float64).tiny))
    return least
