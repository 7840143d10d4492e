"""Restricted maximum likelihood of one random intercept per patient, for all targets at once.

The likelihood is profiled down to one number per target, the ratio of the variance between
patients to the residual variance. It may have several maxima: a grid finds the highest, a root of
the slope makes it exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import elementwise

from stats.methods.arrays import Flags, Floats
from stats.methods.patient_sums import Codes, PatientSums

#: Above this ratio (a correlation of 0.99999999 within patients) sums lose their digits.
LARGEST_RATIO = 1e8
_GRID = np.concatenate([[0.0], np.geomspace(1e-4, LARGEST_RATIO, 37)])


@dataclass(frozen=True)
class RandomIntercept:
    """The fit of every target.

    Parameters
    ----------
    ratio : (n_targets,), variance between patients ÷ residual variance; 0 at the boundary
    residual_variance : (n_targets,)
    coefficients : (n_targets, p), generalised least squares; 0 for an empty column
    information : (n_targets, p, p), X'V⁻¹X with V = the covariance ÷ residual variance
    unbounded : (n_targets,), True where the likelihood still rises at the largest ratio
    """

    ratio: Floats
    residual_variance: Floats
    coefficients: Floats
    information: Floats
    unbounded: Flags

    @property
    def own_correlation(self) -> Floats:
        """Correlation of two levels of one patient."""
        return self.ratio / (1 + self.ratio)

    def take(self, targets: Codes) -> RandomIntercept:
        """Return the fits of some targets."""
        return RandomIntercept(
            self.ratio[targets],
            self.residual_variance[targets],
            self.coefficients[targets],
            self.information[targets],
            self.unbounded[targets],
        )


def fit_random_intercept(sums: PatientSums) -> RandomIntercept:
    """Return the REML fit of each target; each needs more values than coefficients.

    Notes
    -----
    Minimises (n − p) log RSS(ratio) + log|V| + log|X'V⁻¹X| (Patterson & Thompson 1971, Biometrika
    58:545–554, doi:10.1093/biomet/58.3.545) over ratios from 0 to `LARGEST_RATIO`.
    """
    ratio, unbounded = _best_ratio(sums)
    information, beta, rss = least_squares(sums, ratio)
    return RandomIntercept(
        ratio=ratio,
        residual_variance=rss / (sums.n - sums.rank),
        coefficients=beta,
        information=information,
        unbounded=unbounded,
    )


def _best_ratio(sums: PatientSums) -> tuple[Floats, Flags]:
    n_targets = len(sums.n)
    if not n_targets:
        return np.empty(0), np.empty(0, dtype=np.bool_)
    heights = np.stack([_deviance(sums, np.full(n_targets, g)) for g in _GRID])
    best = np.argmin(heights, axis=0)
    low, high = _GRID[np.maximum(best - 1, 0)], _GRID[np.minimum(best + 1, len(_GRID) - 1)]
    falls_from_low, falls_to_high = _slope(sums, low) < 0, _slope(sums, high) < 0
    ratio = np.where((low == 0) & ~falls_from_low, 0.0, _GRID[best])
    inside = np.flatnonzero(falls_from_low & ~falls_to_high)
    ratio[inside] = _roots(sums, inside, low[inside], high[inside])
    return ratio, falls_to_high & (high == LARGEST_RATIO)


def _roots(sums: PatientSums, targets: Codes, low: Floats, high: Floats) -> Floats:
    """Return where the slope of each of the targets is 0, between low and high."""

    # On the scale of log(1 + ratio) both a ratio near 0 and a huge one keep their digits.
    def slope(x: Floats, chosen: Floats) -> Floats:
        return _slope(sums.take(chosen.astype(np.intp)), np.expm1(x))

    if not len(targets):
        return np.empty(0)
    bracket = (np.log1p(low), np.log1p(high))
    found = elementwise.find_root(slope, bracket, args=(targets,))
    return np.asarray(np.expm1(found.x), dtype=np.float64)


def _deviance(sums: PatientSums, ratio: Floats) -> Floats:
    """Return −2 log restricted likelihood but for a constant."""
    information, _, rss = least_squares(sums, ratio)
    volume: Floats = (sums.n_patients * np.log1p(sums.sizes * ratio[:, None])).sum(axis=1)
    of_fixed: Floats = np.linalg.slogdet(without_gaps(information, sums.empty))[1]
    with np.errstate(divide="ignore"):
        return (sums.n - sums.rank) * np.log(np.maximum(rss, 0.0)) + volume + of_fixed


def _slope(sums: PatientSums, ratio: Floats) -> Floats:
    """Return the derivative of the deviance by the ratio."""
    information, beta, rss = least_squares(sums, ratio)
    spread = 1 + sums.sizes * ratio[:, None]
    change = sums.weighted(-1 / spread**2, 0.0)
    residual = np.concatenate([-beta, np.ones((len(beta), 1))], axis=1)
    rss_change: Floats = (residual[:, :, None] * residual[:, None, :] * change).sum(axis=(1, 2))
    inverse = np.linalg.inv(without_gaps(information, sums.empty))
    volume: Floats = (sums.n_patients * sums.sizes / spread).sum(axis=1)
    of_fixed: Floats = (inverse * change[:, :-1, :-1]).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (sums.n - sums.rank) * (rss_change / rss) + volume + of_fixed


def least_squares(sums: PatientSums, ratio: Floats) -> tuple[Floats, Floats, Floats]:
    """Return X'V⁻¹X, the coefficients and the residual sum of squares at given ratios."""
    products = sums.weighted(1 / (sums.sizes * (1 + sums.sizes * ratio[:, None])), 1.0)
    information, right = products[:, :-1, :-1], products[:, :-1, -1]
    solved = np.linalg.solve(without_gaps(information, sums.empty), right[:, :, None])
    beta: Floats = np.asarray(solved[:, :, 0], dtype=np.float64)
    rss: Floats = products[:, -1, -1] - (right * beta).sum(axis=1)
    return information, beta, rss


def plain_information(sums: PatientSums) -> Floats:
    """Return X'X, (n_targets, p, p)."""
    of_sums = np.ones((len(sums.n), 1)) / sums.sizes
    return sums.weighted(of_sums, 1.0)[:, :-1, :-1]


def without_gaps(information: Floats, empty: Flags) -> Floats:
    """Return the matrices with 1 on the diagonal of empty columns: invertible, nothing else."""
    diagonal = np.arange(empty.shape[1])
    filled = information.copy()
    filled[:, diagonal, diagonal] += empty
    return filled
