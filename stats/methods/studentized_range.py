"""The studentised range: the widest of k standardised means over a shared estimate of their SD.

P(Q > q) = ∫ f(s) P(R > qs) ds, with s the SD estimate on ν degrees of freedom over the SD, R the
range of k standard normals. Nothing is subtracted from one, so far tails keep their precision.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import Chebyshev, chebpts1
from numpy.typing import ArrayLike
from scipy import special
from scipy import stats as sps
from scipy.interpolate import BSpline, make_interp_spline
from scipy.optimize import elementwise

from stats.methods.arrays import Floats

#: Where log P(R > r) is tabulated; beyond the end it is below 1e-308.
_RANGE_END, _RANGE_STEP = 54.0, 0.05
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(256)
#: What is left out of an integral, in units of log: below the last digit.
_NEGLIGIBLE = 37.0
_COARSE, _FINE = 64, 256
_SERIES = 48
#: Integrals at a time: bounds the memory.
_BLOCK = 8192


def upper_studentized_range(q: ArrayLike, n_groups: int, df: ArrayLike) -> Floats:
    """Return P(Q > q), NaN where q or df is NaN.

    Parameters
    ----------
    q : ranges of means over the standard error of one mean; at or below 0 the answer is 1
    n_groups : means compared, at least 2
    df : degrees of freedom of the standard error, above 0, also infinite

    References
    ----------
    Newman (1939), Biometrika 31:20–30, doi:10.1093/biomet/31.1-2.20.
    Checked against an integral over R's `ptukey(df = Inf)` at 1e-8 relative down to 1e-11 (R's
    `ptukey` is off by up to 1e-4 below six df), with two groups against Student's t at 1e-10.
    """
    q, df = np.broadcast_arrays(np.asarray(q, np.float64), np.asarray(df, np.float64))
    tail = np.where(np.isnan(q) | ~(df > 0), np.nan, 1.0)
    tail[(q == np.inf) & (df > 0)] = 0.0
    inside = (q > 0) & (q < np.inf) & (df > 0)
    known = inside & np.isinf(df)
    tail[known] = np.exp(_log_range_tail(q[known], n_groups))
    mixed = inside & np.isfinite(df)
    tail[mixed] = np.concatenate(
        [
            _mixture(q[mixed][start : start + _BLOCK], n_groups, df[mixed][start : start + _BLOCK])
            for start in range(0, max(int(mixed.sum()), 1), _BLOCK)
        ]
    )
    return np.asarray(np.minimum(tail, 1.0), dtype=np.float64)


def studentized_range_quantile(confidence: float, n_groups: int, df: ArrayLike) -> Floats:
    """Return the q that Q exceeds with probability 1 − confidence, NaN where df is NaN.

    Checked against the same integral, inverted, at 1e-8 relative.
    """
    df = np.asarray(df, dtype=np.float64)
    found: Floats = np.full(df.shape, np.nan)
    many = df >= 1
    found[many] = np.exp(_log_quantile(confidence, n_groups)(1 / df[many]))
    few = (df > 0) & ~many
    if np.any(few):
        found[few] = _quantiles(confidence, n_groups, df[few])
    return found


@lru_cache(maxsize=64)
def _log_quantile(confidence: float, n_groups: int) -> Chebyshev:
    """Return log q as a polynomial of 1 / df from 0 to 1, exact to 1e-9 up to 30 groups."""
    nodes = (1 + chebpts1(_SERIES)) / 2
    logs = np.log(_quantiles(confidence, n_groups, 1 / nodes))
    return Chebyshev.fit(nodes, logs, _SERIES - 1, domain=[0, 1])


def _quantiles(confidence: float, n_groups: int, df: Floats) -> Floats:
    alpha, n_pairs = 1 - confidence, n_groups * (n_groups - 1) / 2
    # One pair alone is exceeded less often, all pairs together at most as often as the sum.
    low, high = (np.sqrt(2) * sps.t.isf(alpha / 2 / m, df) for m in (1, n_pairs))
    # The stubs of SciPy do not know `args`.
    find_root: Callable[..., Any] = elementwise.find_root
    found = find_root(
        lambda q, nu: np.log(upper_studentized_range(q, n_groups, nu) / alpha),
        (low * (1 - 1e-9), high * (1 + 1e-9)),
        args=(df,),
    )
    return np.asarray(found.x, dtype=np.float64)


def _mixture(q: Floats, n_groups: int, df: Floats) -> Floats:
    """Return the integral over u = log s by the trapezoid rule around the integrand's peak.

    The integrand is log-concave in u, so a scan finds its peak and where it becomes negligible;
    for smooth functions that vanish at both ends the trapezoid rule has no error worth the name.
    """
    half = df[:, None] / 2
    constant = np.log(2.0) + _log_gamma_constant(half)

    def log_integrand(u: Floats) -> Floats:
        density: Floats = constant + half * (2 * u - np.expm1(2 * u))
        return density + _log_range_tail(q[:, None] * np.exp(u), n_groups)

    # Left of the peak the integrand falls at least as e^(νu), far right of it as exp(−νe^(2u)/2).
    low = -np.log1p(q) - 1 - (_NEGLIGIBLE + 20) / df
    high = np.log1p(np.sqrt(2 * (_NEGLIGIBLE + 20) / df)) + 0.5
    for points in (_COARSE, _COARSE):
        grid = np.linspace(low, high, points, axis=1)
        low, high = _window(grid, log_integrand(grid))
    grid = np.linspace(low, high, _FINE, axis=1)
    step = (high - low) / (_FINE - 1)
    return np.asarray(np.exp(log_integrand(grid)).sum(axis=1) * step, dtype=np.float64)


def _log_gamma_constant(h: Floats) -> Floats:
    """Return log(hʰ e⁻ʰ / Γ(h)), by Stirling's series where the terms would cancel."""
    large = np.maximum(h, 50.0)
    series = 1 / (12 * large) - 1 / (360 * large**3) + 1 / (1260 * large**5)
    stirling = (np.log(large) - np.log(2 * np.pi)) / 2 - series
    direct = h * np.log(h) - h - special.gammaln(h)
    return np.asarray(np.where(h > 50, stirling, direct), dtype=np.float64)


def _window(grid: Floats, logs: Floats) -> tuple[Floats, Floats]:
    """Return the part of each row's grid where the integrand is not negligible."""
    matters = logs > logs.max(axis=1, keepdims=True) - _NEGLIGIBLE
    last = grid.shape[1] - 1
    first = np.maximum(matters.argmax(axis=1) - 1, 0)
    final = np.minimum(last - matters[:, ::-1].argmax(axis=1) + 1, last)
    rows = np.arange(len(grid))
    return grid[rows, first], grid[rows, final]


def _log_range_tail(r: Floats, n_groups: int) -> Floats:
    """Return log P(R > r) of the range of k standard normals, by a spline through exact values."""
    inside = np.clip(r, 0.0, _RANGE_END)
    # Beyond the table the tail of the farthest pair, continued from the table's end.
    beyond = -(np.square(np.minimum(r, 1e150)) - _RANGE_END**2) / 4
    return np.asarray(
        _range_spline(n_groups)(inside) + np.where(r > _RANGE_END, beyond, 0.0), dtype=np.float64
    )


@lru_cache(maxsize=64)
def _range_spline(n_groups: int) -> BSpline:
    """Return log P(R > r) = log k ∫ φ(z) [Φᶜ(z)ᵏ⁻¹ − (Φᶜ(z) − Φᶜ(z + r))ᵏ⁻¹] dz, z the least."""
    r = np.arange(0.0, _RANGE_END + _RANGE_STEP, _RANGE_STEP)
    low, high = -9.0 - r / 2, 9.0
    half = (high - low) / 2
    z = low + (_NODES[:, None] + 1) * half
    above, beyond = special.log_ndtr(-z), special.log_ndtr(-z - r)
    with np.errstate(divide="ignore"):  # log 0 where r is 0
        within = above + np.log1p(-np.exp(beyond - above))
    # aᵏ⁻¹ − (a − b)ᵏ⁻¹ = b Σ aⁱ (a − b)ᵏ⁻²⁻ⁱ, which does not cancel.
    top = n_groups - 2
    powers = [i * above + ((top - i) * within if i < top else 0.0) for i in range(top + 1)]
    terms = beyond + special.logsumexp(powers, axis=0) - np.square(z) / 2
    total = special.logsumexp(terms, axis=0, b=_WEIGHTS[:, None] * half)
    logs = total + np.log(n_groups / np.sqrt(2 * np.pi))
    return make_interp_spline(r, logs, k=7)
