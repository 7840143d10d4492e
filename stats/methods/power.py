"""Power of a two-sided t test, and the smallest effect that it detects, by the noncentral t.

Arrays broadcast: one number of samples and many thresholds, or one entry per target. NaN wherever
an input is NaN or the test itself could not be made (too few samples, no standard error).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy import stats as sps
from scipy.optimize import elementwise

from stats.methods.arrays import Floats

#: From this noncentrality on the tail is integrated here.
_FAR = 30.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)


def power_groups(
    effect_d: ArrayLike, n_numerator: ArrayLike, n_denominator: ArrayLike, *, alpha: ArrayLike
) -> Floats:
    """Return the power of Student's t test of two independent groups.

    Parameters
    ----------
    effect_d : true difference of means over the common SD (Cohen's d), of either sign
    n_numerator, n_denominator : samples; each group needs one, both together three
    alpha : two-sided threshold of p, as 0.05 or the realised Benjamini–Hochberg threshold

    Raises
    ------
    ValueError
        An alpha lies outside 0 to 1.

    Notes
    -----
    Both tails are counted. Assumes independent samples, normal levels, equal variances.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., ch. 2,
    doi:10.4324/9780203771587; noncentral t: Johnson & Welch (1940), Biometrika 31:362–389,
    doi:10.1093/biomet/31.3-4.362.
    Checked against R `pt(ncp = )` at 1e-8.
    """
    df, unit = _groups(n_numerator, n_denominator)
    return power_t(np.asarray(effect_d, dtype=np.float64) / unit, df, alpha=alpha)


def power_pairs(effect_dz: ArrayLike, n_pairs: ArrayLike, *, alpha: ArrayLike) -> Floats:
    """Return the power of the paired t test.

    Parameters
    ----------
    effect_dz : true mean difference over the SD of the differences (Cohen's dz)
    n_pairs : complete pairs; two are needed
    alpha : as for `power_groups`, also for errors, assumptions and references
    """
    df, unit = _pairs(n_pairs)
    return power_t(np.asarray(effect_dz, dtype=np.float64) / unit, df, alpha=alpha)


def detectable_groups(
    n_numerator: ArrayLike, n_denominator: ArrayLike, *, alpha: ArrayLike, power: ArrayLike
) -> Floats:
    """Return the smallest |d| that Student's t test finds with the given power.

    Parameters
    ----------
    n_numerator, n_denominator, alpha : as for `power_groups`
    power : chance to find it, as 0.8; where it is no more than alpha the answer is 0

    Returns
    -------
    Cohen's d; times the common SD of log2 levels it is a difference in log2 units.

    Raises
    ------
    ValueError
        An alpha or a power lies outside 0 to 1.
    """
    df, unit = _groups(n_numerator, n_denominator)
    return unit * detectable_noncentrality(df, alpha=alpha, power=power)


def detectable_pairs(n_pairs: ArrayLike, *, alpha: ArrayLike, power: ArrayLike) -> Floats:
    """Return the smallest |dz| that the paired t test finds; see `detectable_groups`."""
    df, unit = _pairs(n_pairs)
    return unit * detectable_noncentrality(df, alpha=alpha, power=power)


def detectable_difference(
    standard_error: ArrayLike, df: ArrayLike, *, alpha: ArrayLike, power: ArrayLike
) -> Floats:
    """Return the smallest difference in log2 units that any t test of this precision finds.

    Parameters
    ----------
    standard_error : of the estimated difference, log2 units
    df : degrees of freedom of the test: Welch's, a moderated t's (also infinite) …
    alpha, power : as for `detectable_groups`

    Notes
    -----
    The standard error is taken as if it were known; for Welch's t and for a moderated t the
    noncentral t is an approximation.
    """
    error = np.asarray(standard_error, dtype=np.float64)
    error = np.where(error > 0, error, np.nan)
    return error * detectable_noncentrality(df, alpha=alpha, power=power)


def power_t(noncentrality: ArrayLike, df: ArrayLike, *, alpha: ArrayLike) -> Floats:
    """Return the power of a two-sided t test.

    Parameters
    ----------
    noncentrality : true difference over the true standard error of its estimate
    df : degrees of freedom, above 0, also infinite (then the test is a z test)
    alpha : two-sided threshold of p

    Raises
    ------
    ValueError
        An alpha lies outside 0 to 1.
    """
    threshold = _share(alpha, "alpha")
    delta, nu = np.asarray(noncentrality, dtype=np.float64), _degrees(df)
    critical = np.asarray(sps.t.isf(threshold / 2, nu), dtype=np.float64)
    return _both_tails(delta, nu, critical)


def detectable_noncentrality(df: ArrayLike, *, alpha: ArrayLike, power: ArrayLike) -> Floats:
    """Return the noncentrality at which a two-sided t test has the given power.

    Parameters
    ----------
    df : as for `power_t`
    alpha, power : as for `detectable_groups`

    Raises
    ------
    ValueError
        An alpha or a power lies outside 0 to 1.
    """
    wanted, threshold, nu = np.broadcast_arrays(
        _share(power, "power"), _share(alpha, "alpha"), _degrees(df)
    )
    critical = np.asarray(sps.t.isf(threshold / 2, nu), dtype=np.float64)
    high = _sufficient(wanted, nu, critical)
    solvable = np.isfinite(high) & (wanted > threshold)
    # The stubs of SciPy do not know `args`.
    find_root: Callable[..., Any] = elementwise.find_root
    found = find_root(
        lambda delta, goal, nu, critical: _both_tails(delta, nu, critical) - goal,
        (np.zeros(int(solvable.sum())), high[solvable]),
        args=(wanted[solvable], nu[solvable], critical[solvable]),
    )
    delta = np.where(np.isfinite(high), 0.0, np.nan)
    delta[solvable] = found.x
    return delta


def _both_tails(delta: Floats, nu: Floats, critical: Floats) -> Floats:
    """Return P(|T| > critical) for delta of either sign."""
    size = np.abs(delta)
    near = np.minimum(size, _FAR)
    finite = np.where(np.isinf(nu), 1.0, nu)
    # The lower tail is the upper one of −delta, which never cancels.
    t = sps.nct.sf(critical, finite, near) + sps.nct.sf(critical, finite, -near)
    z = sps.norm.sf(critical - size) + sps.norm.sf(critical + size)
    tails = np.where(np.isinf(nu), z, t)
    far = (size > _FAR) & np.isfinite(nu)
    if np.any(far):
        delta, nu, critical = np.broadcast_arrays(size, nu, critical)
        tails[far] = _far_tail(delta[far], nu[far], critical[far])
    return np.asarray(tails, dtype=np.float64)


def _far_tail(delta: Floats, nu: Floats, critical: Floats) -> Floats:
    """Return P(T > critical) as the mean over Z of P(SD estimate < (Z + delta) / critical).

    Beyond delta = 30 SciPy's series may not converge, the lower tail is below 1e-196, and the
    integrand is smooth wherever Z has any mass.
    """
    z, weight = 9 * _NODES, 9 * _WEIGHTS * sps.norm.pdf(9 * _NODES)
    ratio = (z + delta[:, None]) / critical[:, None]
    chances = special.gammainc(nu[:, None] / 2, nu[:, None] / 2 * ratio**2)
    return np.asarray(chances @ weight, dtype=np.float64)


def _sufficient(wanted: Floats, nu: Floats, critical: Floats) -> Floats:
    """Return a noncentrality of at least the wanted power.

    T > critical wherever Z exceeds its lower quantile and the SD estimate does not exceed its
    upper one; each fails with half of what may fail.
    """
    half = (1 - wanted) / 2
    finite = np.where(np.isinf(nu), 1.0, nu)
    inflation = np.where(np.isinf(nu), 1.0, np.sqrt(sps.chi2.isf(half, finite) / finite))
    return np.asarray(critical * inflation + sps.norm.isf(half), dtype=np.float64)


def _groups(n_numerator: ArrayLike, n_denominator: ArrayLike) -> tuple[Floats, Floats]:
    """Return df and the standard error of a difference of means in units of the common SD."""
    a, b = (np.asarray(n, dtype=np.float64) for n in (n_numerator, n_denominator))
    a, b = (np.where((a >= 1) & (b >= 1), n, np.nan) for n in (a, b))
    return a + b - 2, np.sqrt(1 / a + 1 / b)


def _pairs(n_pairs: ArrayLike) -> tuple[Floats, Floats]:
    n = np.asarray(n_pairs, dtype=np.float64)
    n = np.where(n >= 2, n, np.nan)
    return n - 1, 1 / np.sqrt(n)


def _degrees(df: ArrayLike) -> Floats:
    nu = np.asarray(df, dtype=np.float64)
    return np.where(nu > 0, nu, np.nan)


def _share(values: ArrayLike, name: str) -> Floats:
    share = np.asarray(values, dtype=np.float64)
    if np.any((share <= 0) | (share >= 1)):
        raise ValueError(f"{name} is {share}; it lies between 0 and 1")
    return share
