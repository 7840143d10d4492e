"""The prior of residual variances: what the targets of a panel tell of each other's variance."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from stats.methods.arrays import Flags, Floats, all_positive
from stats.methods.distinct import distinct, is_repeated, repeated
from stats.methods.natural_spline import fit_spline

#: A variance below this share of the median enters the moments as that share of it.
_FLOOR = 1e-5
#: ψ′(y) = ζ(2, y), ψ″(y) = −2 ζ(3, y).
_SECOND_THIRD = np.array([2.0, 3.0])
#: After a step of this share of y the next one, in proportion to its square, is rounding error.
_STEP = 1e-8


class VariancePrior(NamedTuple):
    """Scaled inverse chi-squared prior of each target's variance; arrays are (n_targets,).

    Parameters
    ----------
    variance : s₀², the same for all targets without a trend; NaN where there is no prior.
    df : d₀, infinite where the variances differ no more than chance makes them differ, 0 where
        there is one target only.
    reason : why there is no prior, or what the reader must know of it; empty when nothing.
    """

    variance: Floats
    df: Floats
    reason: str


class Location(NamedTuple):
    """The middle of log variances: one for all targets, or a curve over their mean level.

    Parameters
    ----------
    at : (n_targets,), told or not.
    residual_mean_square : of the targets that told it.
    n_coefficients : of the curve, 1 without one.
    """

    at: Floats
    residual_mean_square: float
    n_coefficients: int


def variance_prior(variance: Floats, df: Floats, *, mean_level: Floats | None) -> VariancePrior:
    """Estimate the prior by the moments of the log variances.

    Parameters
    ----------
    variance : (n_targets,), residual variances, NaN where there is none
    df : (n_targets,), their degrees of freedom; targets without any tell nothing and get the
        prior of the others
    mean_level : (n_targets,), mean log2 levels, for a prior variance that is a natural spline of
        them; None for one prior variance

    Returns
    -------
    VariancePrior
        With a single informative target d₀ = 0 and its own variance.

    Notes
    -----
    Variances are floored at 1e-5 times their median. The spline has
    1 + (n ≥ 3) + (n ≥ 6) + (n ≥ 30) coefficients, n being the informative targets.
    Without excess variance d₀ is infinite; s₀² is then the mean of the variances, with a trend the
    fitted curve itself.

    References
    ----------
    Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3:3, section 6.2,
    doi:10.2202/1544-6115.1027; trend: Law et al. (2014), Genome Biology 15:R29,
    doi:10.1186/gb-2014-15-2-r29. Checked against limma 3.54 `eBayes`: 1/d₀ at 1e-10, s₀² at 1e-8.
    """
    if len(df) > 1 and mean_level is None and all_positive(df) and _is_above_floor(variance):
        x, d, tells = variance, df, np.ones(len(df), dtype=np.bool_)
    else:
        tells = informative(variance, df, mean_level)
        x, d = variance[tells], df[tells]
        middle = median(x)
        if len(x) < 2 or middle <= 0:
            return _without_moments(x, len(df))
        x = np.maximum(x, _FLOOR * middle)
    different, where = distinct(d)
    bias, chance = _log_moments(different)
    z = np.log(x)
    z -= bias[where]
    location = log_location(z, tells, mean_level)
    of_chance = float(chance[0]) if len(chance) == 1 else float(chance[where].mean())
    excess = location.residual_mean_square - of_chance
    if excess > 0:
        prior_df = 2 * trigamma_inverse(excess)
        scale = _exp(location.at, plus=_log_bias(prior_df))
        return VariancePrior(scale, repeated(len(df), prior_df), "")
    has_curve = location.n_coefficients > 1
    pooled = _exp(location.at) if has_curve else repeated(len(df), float(x.mean()))
    return VariancePrior(pooled, repeated(len(df), np.inf), "")


def _exp(at: Floats, *, plus: float = 0.0) -> Floats:
    """Return the exponential of logs plus a number, once where all are the same."""
    if is_repeated(at):
        return repeated(len(at), math.exp(at[0] + plus))
    return np.asarray(np.exp(at + plus), dtype=np.float64)


def drawn_towards(variance: Floats, df: Floats, prior_variance: Floats, prior_df: Floats) -> Floats:
    """Return posterior variances: (d s² + d₀ s₀²) ÷ (d + d₀), with infinite d₀ s₀² itself.

    Parameters
    ----------
    variance, df : s² and d; where d is 0 the variance is not looked at
    prior_variance, prior_df : s₀² and d₀; all four of one shape
    """
    if all_positive(df) and np.maximum.reduce(prior_df, axis=None, initial=0.0) < np.inf:
        drawn: Floats = df * variance
        drawn += prior_df * prior_variance
        drawn /= df + prior_df
        return drawn
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(df > 0, df * variance, 0.0)
        drawn = (own + prior_df * prior_variance) / (df + prior_df)
    return np.where(np.isinf(prior_df), prior_variance, drawn)


def informative(variance: Floats, df: Floats, mean_level: Floats | None) -> Flags:
    """Return which targets tell something of the prior."""
    tells: Flags = (df > 0) & ~np.isnan(variance)
    return tells if mean_level is None else tells & ~np.isnan(mean_level)


def _is_above_floor(variance: Floats) -> bool:
    """Return whether all are known and above the floor, whatever their median."""
    least, most = np.minimum.reduce(variance), np.maximum.reduce(variance)
    return bool(least > 0 and least >= _FLOOR * most)


def _without_moments(x: Floats, n_targets: int) -> VariancePrior:
    """Return the answer where the variances that are told give no moments."""
    nothing = np.full(n_targets, np.nan)
    if not len(x):
        return VariancePrior(nothing, nothing, "no prior: no target has a residual variance")
    if len(x) == 1:
        words = "no prior from a single target: its own variance alone is used"
        return VariancePrior(np.full(n_targets, x[0]), np.zeros(n_targets), words)
    words = "no prior: half or more of the residual variances are zero"
    return VariancePrior(nothing, nothing, words)


def log_location(z: Floats, tells: Flags, mean_level: Floats | None) -> Location:
    """Return the middle of log variances.

    Parameters
    ----------
    z : (n_informative,), log variances of the targets that tell
    tells : (n_targets,), which those are
    mean_level : (n_targets,), mean log2 levels for a natural spline; None for one number
    """
    n = len(z)
    n_coefficients = 1
    if mean_level is not None:
        n_different = len(np.unique(mean_level[tells]))
        n_coefficients = min(1 + (n >= 3) + (n >= 6) + (n >= 30), n_different)
    if mean_level is None or n_coefficients < 2:
        middle = float(np.add.reduce(z)) / n
        rest = z - middle
        return Location(repeated(len(tells), middle), float(rest @ rest) / (n - 1), 1)
    curve = fit_spline(mean_level[tells], z, df=n_coefficients)
    return Location(curve.at(mean_level), curve.residual_mean_square, n_coefficients)


def _log_moments(df: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of log s² around log σ²: ψ(d/2) − log(d/2) and ψ′(d/2)."""
    half = df / 2
    return special.digamma(half) - np.log(half), special.zeta(2.0, half)


def _log_bias(df: float) -> float:
    """Return the first of these moments for one number of degrees of freedom."""
    return float(special.digamma(df / 2)) - math.log(df / 2)


def median(x: Floats) -> float:
    """Return the median, NaN of nothing; without what `numpy.median` costs beside the search."""
    n = len(x)
    if not n:
        return np.nan
    upper = np.partition(x, n // 2)
    high = float(upper[n // 2])
    return high if n % 2 else (float(upper[: n // 2].max()) + high) / 2


def trigamma_inverse(value: float) -> float:
    """Return y with ψ′(y) = `value` > 0, by Newton's method on 1/ψ′.

    1/ψ′ is convex and nearly a straight line, so that the steps come close to the answer at once
    and do not cross it again (Smyth 2004, appendix). They start from 1/value + 1/2 − value/12, the
    beginning of its asymptotic series, or without the last term where that is large.
    """
    if value > 1e7:
        return float(value**-0.5)
    if value < 1e-6:
        return 1 / value
    y = 0.5 + 1 / value - (value / 12 if value < 1 else 0.0)
    for _ in range(50):
        trigamma, half_slope = special.zeta(_SECOND_THIRD, y).tolist()
        step = trigamma * (trigamma / value - 1) / (2 * half_slope)
        y += step
        if abs(step) < _STEP * y:
            break
    return float(y)
