"""Kenward and Roger's F test of fixed effects in a model with one random intercept.

Small samples estimate the variances badly: the covariance of the coefficients is widened, and F
is scaled and gets the denominator degrees of freedom that match its first two moments.

References
----------
Kenward & Roger (1997), Biometrics 53:983–997, doi:10.2307/2533558; symbols as there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats
from stats.methods.patient_sums import Codes, PatientSums
from stats.methods.random_intercept import RandomIntercept, without_gaps

#: Below this share of its size the information about the two variances is rounding.
_SINGULAR = 1e-12
#: So near 2 degrees of freedom the mean of F ceases to exist and its scale has a pole: F is not
#: scaled, which is exact for complete blocks (and what pbkrtest does).
_POLE = 0.01
_ROUNDING = 1e-10


@dataclass(frozen=True)
class Adjustment:
    """What the tests of one fit share; everything in units of the residual variance.

    Parameters
    ----------
    phi : (n_targets, p, p), covariance of the coefficients, the variances taken as known
    phi_adjusted : (n_targets, p, p), the widened one
    derivatives : (n_targets, 2, p, p), Φ P Φ for the variance between patients and the residual
    w : (n_targets, 2, 2), asymptotic covariance of the two variances
    undetermined : (n_targets,), True where the values cannot tell the two variances apart
    """

    phi: Floats
    phi_adjusted: Floats
    derivatives: Floats
    w: Floats
    undetermined: Flags

    def take(self, targets: Codes) -> Adjustment:
        """Return the adjustment of some targets."""
        return Adjustment(
            self.phi[targets],
            self.phi_adjusted[targets],
            self.derivatives[targets],
            self.w[targets],
            self.undetermined[targets],
        )


def adjust(sums: PatientSums, fit: RandomIntercept) -> Adjustment:
    """Return the adjusted covariance of the coefficients of each target."""
    phi: Floats = np.asarray(
        np.linalg.inv(without_gaps(fit.information, sums.empty)), dtype=np.float64
    )
    p, q = _p_and_q(sums, fit)
    w, undetermined = _variance_of_variances(sums, fit, phi, p, q)
    phi_p = phi[:, None] @ p
    widening = np.zeros_like(phi)
    for r in range(2):
        for s in range(2):
            inner = q[:, r, s] - p[:, r] @ phi_p[:, s]
            widening += w[:, r, s, None, None] * inner
    return Adjustment(
        phi=phi,
        phi_adjusted=phi + 2 * (phi @ widening @ phi),
        derivatives=phi_p @ phi[:, None],
        w=w,
        undetermined=undetermined,
    )


def denominator(a: Adjustment, hypothesis: Floats) -> tuple[Floats, Floats]:
    """Return the scale of F and its denominator degrees of freedom, each (n_targets,).

    Parameters
    ----------
    hypothesis : (p, l), of full column rank: the test is of hypothesis' · coefficients = 0
    """
    size = hypothesis.shape[1]
    theta = hypothesis @ np.linalg.inv(_within(a.phi, hypothesis)) @ hypothesis.T
    products = theta[:, None] @ a.derivatives
    traces = np.trace(products, axis1=2, axis2=3)
    a1 = (a.w * traces[:, :, None] * traces[:, None, :]).sum(axis=(1, 2))
    pairs = (products[:, :, None] * np.swapaxes(products, 2, 3)[:, None]).sum(axis=(3, 4))
    a2 = (a.w * pairs).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        if size == 1:
            return np.ones_like(a2), 2 / a2
        return _matched_moments(a1, a2, size)


def f_statistic(a: Adjustment, fit: RandomIntercept, hypothesis: Floats) -> Floats:
    """Return F, not scaled, with the adjusted covariance."""
    effect = np.swapaxes(fit.coefficients[:, None, :] @ hypothesis, 1, 2)
    covariance = fit.residual_variance[:, None, None] * _within(a.phi_adjusted, hypothesis)
    square = np.swapaxes(effect, 1, 2) @ np.linalg.solve(covariance, effect)
    f: Floats = square[:, 0, 0] / hypothesis.shape[1]
    return f


def standard_error(a: Adjustment, fit: RandomIntercept, contrast: Floats) -> Floats:
    """Return the adjusted standard error of a contrast (p,) of the coefficients."""
    variance = _within(a.phi_adjusted, contrast[:, None])[:, 0, 0]
    error: Floats = np.sqrt(fit.residual_variance * variance)
    return error


def _within(covariance: Floats, hypothesis: Floats) -> Floats:
    out: Floats = hypothesis.T @ covariance @ hypothesis
    return out


def _matched_moments(a1: Floats, a2: Floats, size: int) -> tuple[Floats, Floats]:
    """Return scale and degrees of freedom from A₁ and A₂, for two rows and more."""
    b = (a1 + 6 * a2) / (2 * size)
    g = ((size + 1) * a1 - (size + 4) * a2) / ((size + 2) * a2)
    below = 3 * size + 2 * (1 - g)
    c1, c2, c3 = g / below, (size - g) / below, (size + 2 - g) / below
    shrink, bend = 1 - a2 / size, 1 - c2 * b
    # Complete blocks have shrink = bend, both 0 at 2 degrees of freedom.
    level = np.where(np.abs(bend) < _ROUNDING, 1.0, shrink / bend)
    rho = level**2 * (1 + c1 * b) / (1 - c3 * b) / size
    df = 4 + (size + 2) / (size * rho - 1)
    scale = df * shrink / (df - 2)
    return np.where(np.abs(df - 2) < _POLE, 1.0, scale), df


def _p_and_q(sums: PatientSums, fit: RandomIntercept) -> tuple[Floats, Floats]:
    """Return P (n_targets, 2, p, p) and Q (n_targets, 2, 2, p, p).

    The sum of a patient's k values passes V⁻¹ divided by 1 + k · ratio, and the matrix of ones
    multiplied by k.
    """
    k = sums.sizes
    spread = 1 + k * fit.ratio[:, None]
    p_between = sums.weighted(-1 / spread**2, 0.0)
    p_residual = -sums.weighted(1 / (k * spread**2), 1.0)
    q_between = sums.weighted(k / spread**3, 0.0)
    q_mixed = sums.weighted(1 / spread**3, 0.0)
    q_residual = sums.weighted(1 / (k * spread**3), 1.0)
    p = np.stack([p_between, p_residual], axis=1)[:, :, :-1, :-1]
    q = np.stack([q_between, q_mixed, q_mixed, q_residual], axis=1)[:, :, :-1, :-1]
    return p, q.reshape(len(p), 2, 2, *p.shape[2:])


def _variance_of_variances(
    sums: PatientSums, fit: RandomIntercept, phi: Floats, p: Floats, q: Floats
) -> tuple[Floats, Flags]:
    """Return W, the inverse of the expected information of REML about the two variances."""
    k, n = sums.sizes, sums.n_patients
    spread = 1 + k * fit.ratio[:, None]
    total = np.empty((len(phi), 2, 2))
    total[:, 0, 0] = (n * (k / spread) ** 2).sum(axis=1)
    total[:, 0, 1] = total[:, 1, 0] = (n * k / spread**2).sum(axis=1)
    total[:, 1, 1] = (n * (k - 1 + 1 / spread**2)).sum(axis=1)
    phi_p = phi[:, None] @ p
    phi_q = np.trace(phi[:, None, None] @ q, axis1=3, axis2=4)
    pairs = (phi_p[:, :, None] * np.swapaxes(phi_p, 2, 3)[:, None]).sum(axis=(3, 4))
    twice = total - 2 * phi_q + pairs
    size = twice[:, 0, 0] * twice[:, 1, 1]
    determinant = size - twice[:, 0, 1] ** 2
    undetermined = ~(determinant > _SINGULAR * size)
    twice[undetermined] = np.eye(2)
    return 2 * np.linalg.inv(twice), undetermined
