"""Background by normal + exponential convolution: the fit of an array, and its signals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from stats.methods.arrays import Floats

#: What is added to every signal, as in limma's advice for low intensities.
OFFSET_AFU = 50.0

#: Methods 1.1: below this the normal part is no noise of a scanner, and the signals mean nothing.
SMALLEST_SIGMA_AFU = 1.0

#: Three parameters are not told by a handful of spots.
FEWEST_SPOTS = 10

#: Bounds of t, log sigma and log alpha in units of the spread; 1e-7 of it is nothing.
_LOWEST = np.array([-np.inf, -16.0, -16.0])
_HIGHEST = np.array([np.inf, 2.0, 2.0])

#: Newton steps, and halvings of each; it ends where no start gains this much a spot any more.
_MOST_STEPS = 200
_MOST_HALVINGS = 20
_LEAST_GAIN = 1e-14


@dataclass(frozen=True)
class NormexpFit:
    """The convolution fitted to one array.

    Parameters
    ----------
    mu_afu, sigma_afu : mean and SD of the normal part, what the background left.
    alpha_afu : mean of the exponential part, the signal.
    minus_two_log_likelihood : at these parameters.
    n_spots : nets that entered.
    reason : why no signal is to be computed from it; empty where one is.
    """

    mu_afu: float
    sigma_afu: float
    alpha_afu: float
    minus_two_log_likelihood: float
    n_spots: int
    reason: str


def fit_normexp(net_afu: ArrayLike) -> NormexpFit:
    """Fit the normal + exponential convolution to the spots of one array.

    Parameters
    ----------
    net_afu : (n_spots,), foreground − background in afu, NaN where there is none
        All spots of the array, controls and flagged ones too.

    Returns
    -------
    NormexpFit
        With a `reason`, and NaN for what could not be fitted: fewer than 10 spots, all alike. A
        fit with sigma below 1 afu keeps its numbers beside the reason `normexp_degenerate`.

    Raises
    ------
    ValueError
        A net is infinite, or `net_afu` is no vector.

    Notes
    -----
    X = B + S, B ~ Normal(mu, sigma²), S ~ Exponential(mean alpha), independent:

        log f(x) = −log alpha + sigma²/(2 alpha²) − (x − mu)/alpha
                   + log Φ((x − mu)/sigma − sigma/alpha)

    The exact likelihood is maximised by Newton steps (no saddle-point) from three starts, on
    values that were centred and scaled first and sorted: neither the unit nor the order
    of spots changes the fit.

    Assumes that the spots of an array are independent draws. At 176 spots the fit is little
    determined; normexp is never a primary method (Methods 1.1).

    References
    ----------
    Silver, Ritchie & Smyth (2009), Biostatistics 10:352–363, doi:10.1093/biostatistics/kxn042.
    Ritchie et al. (2007), Bioinformatics 23:2700–2707, doi:10.1093/bioinformatics/btm412.
    Checked against limma 3.54 `normexp.fit(method = "mle")`: our −2 log-likelihood at limma's
    parameters equals limma's to 1e-10 relative, and at our own it never exceeds limma's by 0.01
    (5e-4 measured, where sigma tends to 0).
    """
    net = np.asarray(net_afu, dtype=np.float64)
    if net.ndim != 1 or np.isinf(net).any():
        raise ValueError("the net signals of an array are one vector of finite numbers or NaN")
    spots = np.sort(net[~np.isnan(net)])
    if len(spots) < FEWEST_SPOTS:
        few = f"too few spots with an intensity: {len(spots)}, at least {FEWEST_SPOTS} are needed"
        return _no_fit(len(spots), few)
    centre = float(np.median(spots))
    spread = float(np.std(spots))
    if spread <= 1e-12 * abs(centre):
        return _no_fit(len(spots), "normexp_degenerate: all net signals agree")
    mu, log_sigma, log_alpha = _maximum((spots - centre) / spread)
    mu_afu = float(centre + spread * mu)
    sigma_afu, alpha_afu = (float(spread * np.exp(v)) for v in (log_sigma, log_alpha))
    m2loglik = minus_two_log_likelihood(spots, mu_afu, sigma_afu, alpha_afu)
    reason = _degenerate(sigma_afu, alpha_afu)
    return NormexpFit(mu_afu, sigma_afu, alpha_afu, m2loglik, len(spots), reason)


def normexp_signal(
    net_afu: ArrayLike, mu_afu: float, sigma_afu: float, alpha_afu: float, *, offset_afu: float
) -> Floats:
    """Return the expected signal of each spot given its net, plus the offset, in afu.

    Parameters
    ----------
    net_afu : any shape, foreground − background, NaN where there is none
    mu_afu, sigma_afu, alpha_afu : of `fit_normexp`; sigma and alpha above 0
    offset_afu : added to every signal; 50 by the plan, 0 in limma's function

    Notes
    -----
    With m = x − mu − sigma²/alpha and t = m/sigma:

        E(S | X = x) = m + sigma φ(t)/Φ(t)

    which is above 0 for every x, and grows with it. Far below 0 the sum would cancel; there
    Laplace's continued fraction of Mills' ratio is used, t + φ(t)/Φ(t) = 1/(u + 2/(u + 3/(u + …)))
    with u = −t.

    References
    ----------
    Silver, Ritchie & Smyth (2009), doi:10.1093/biostatistics/kxn042.
    Checked against limma 3.54 `normexp.signal` at limma's own parameters, 1e-10 relative.
    """
    net = np.asarray(net_afu, dtype=np.float64)
    t = ((net - mu_afu) - sigma_afu**2 / alpha_afu) / sigma_afu
    return np.asarray(sigma_afu * _excess(t) + offset_afu, dtype=np.float64)


def minus_two_log_likelihood(net_afu: ArrayLike, mu: float, sigma: float, alpha: float) -> float:
    """Return −2 log-likelihood of the convolution at these parameters, all in afu."""
    net = np.asarray(net_afu, dtype=np.float64)
    return float(-2 * np.sum(_log_density((net - mu) / sigma, sigma / alpha) - np.log(alpha)))


def _log_density(scaled: Floats, ratio: Floats | float) -> Floats:
    """Return log(alpha f) at (x − mu)/sigma, with sigma/alpha."""
    z = scaled - ratio
    with np.errstate(over="ignore"):
        # Below 0 the square is completed, so that no two large numbers are subtracted.
        below = np.log(special.erfcx(-np.minimum(z, 0.0) / np.sqrt(2)) / 2) - scaled**2 / 2
        above = ratio**2 / 2 - scaled * ratio + special.log_ndtr(np.maximum(z, 0.0))
    return np.asarray(np.where(z < 0, below, above), dtype=np.float64)


def _hazard(z: Floats) -> Floats:
    """Return φ(z)/Φ(z)."""
    with np.errstate(over="ignore"):
        return np.asarray(np.sqrt(2 / np.pi) / special.erfcx(-z / np.sqrt(2)), dtype=np.float64)


def _excess(t: Floats) -> Floats:
    """Return t + φ(t)/Φ(t) without cancellation."""
    out = np.asarray(t + _hazard(t), dtype=np.float64)
    low = t < -4.0
    if low.any():
        u = -t[low]
        tail = u
        for k in range(60, 1, -1):
            tail = u + k / tail
        out[low] = 1 / tail
    return out


def _objective(theta: Floats, x: Floats) -> Floats:
    """Return the mean −log density of the spots at each row of t, log sigma, log alpha.

    t = (smallest x − mu)/sigma hardly moves where sigma tends to 0, unlike mu.
    """
    t, log_sigma, log_alpha = _columns(theta)
    scaled = (x - x[0]) / np.exp(log_sigma) + t
    density = _log_density(scaled, np.exp(log_sigma - log_alpha)) - log_alpha
    return np.asarray(-density.mean(axis=1), dtype=np.float64)


def _slopes(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return gradient (n, 3) and Hessian (n, 3, 3) of `_objective`.

    With d = (x − smallest x)/sigma, s = d + t, r = sigma/alpha, z = s − r, p = φ(z)/Φ(z) and
    h = z + p, the gradient of a log density is (h − s, (s − h)d − hr, hr − 1); dh/dz = 1 − hp.
    Above z = 0, h − s is taken as p − r and h'd as d less what is lost: both then tend to 0.
    """
    t, log_sigma, log_alpha = _columns(theta)
    d, r = (x - x[0]) / np.exp(log_sigma), np.exp(log_sigma - log_alpha)
    s = d + t
    high, p, h = s > r, _hazard(s - r), _excess(s - r)
    less, slope = h * p, 1 + h * (s - r - h)
    by_t = np.where(high, p - r, h - s)
    by_sigma_twice = np.where(
        high,
        2 * r**2 - t * r + p * (d - r) - less * (d + r) ** 2,
        slope * (d + r) ** 2 - d**2 + (h - s) * d - h * r,
    )
    gradient = [by_t, -by_t * d - h * r, h * r - 1]
    second = [
        -less, less * (d + r) - r, slope * r,
        by_sigma_twice, r * (h - slope * (d + r)), r * (slope * r - h),
    ]  # fmt: skip
    upper = np.array([v.mean(axis=1) for v in second])
    hessian = upper[[0, 1, 2, 1, 3, 4, 2, 4, 5]].T.reshape(-1, 3, 3)
    return -np.array([v.mean(axis=1) for v in gradient]).T, -hessian


def _columns(theta: Floats) -> tuple[Floats, Floats, Floats]:
    return theta[:, :1], theta[:, 1:2], theta[:, 2:]


def _maximum(x: Floats) -> Floats:
    """Return the best mu, log sigma, log alpha that Newton steps reach from any start.

    Steps follow the absolute curvature, so that none climbs, and are halved until they gain.
    """
    theta = np.array([[(x[0] - mu) / sigma, np.log(sigma), np.log(alpha)]
                      for mu, sigma, alpha in _starts(x)])  # fmt: skip
    value = _objective(theta, x)
    going = np.arange(len(theta))
    for _ in range(_MOST_STEPS):
        step, promised = _newton_step(theta[going], *_slopes(theta[going], x))
        going, step = going[promised > _LEAST_GAIN], step[promised > _LEAST_GAIN]
        if not len(going):
            break
        moved, gained = _shortened(theta[going], value[going], step, x)
        theta[going] = moved
        gain, value[going] = value[going] - gained, gained
        going = going[gain > _LEAST_GAIN]
    t, log_sigma, log_alpha = theta[np.argmin(value)]
    return np.array([x[0] - np.exp(log_sigma) * t, log_sigma, log_alpha])


def _newton_step(theta: Floats, gradient: Floats, hessian: Floats) -> tuple[Floats, Floats]:
    """Return the step at each row of parameters, and about twice what it should gain."""
    held = ((theta <= _LOWEST) & (gradient > 0)) | ((theta >= _HIGHEST) & (gradient < 0))
    gradient = np.where(held, 0.0, gradient)
    hessian = np.where(held[:, :, None] | held[:, None, :], np.eye(3), hessian)
    curvature, axes = np.linalg.eigh(hessian)
    along = np.einsum("nij,ni->nj", axes, gradient) / np.maximum(np.abs(curvature), 1e-8)
    step = np.clip(-np.einsum("nij,nj->ni", axes, along), -2.0, 2.0)
    return step, -(gradient * step).sum(axis=1)


def _shortened(theta: Floats, value: Floats, step: Floats, x: Floats) -> tuple[Floats, Floats]:
    for _ in range(_MOST_HALVINGS):
        moved = np.clip(theta + step, _LOWEST, _HIGHEST)
        gained = _objective(moved, x)
        better = gained < value
        if better.all():
            return moved, gained
        step = np.where(better[:, None], step, step / 2)
    return np.where(better[:, None], moved, theta), np.where(better, gained, value)


def _starts(x: Floats) -> list[tuple[float, float, float]]:
    """Return starts: the normal part below two quantiles, and the three moments."""
    starts = []
    for share in (0.05, 0.25):
        mu = float(np.quantile(x, share))
        sigma = float(np.sqrt(np.mean((x[x <= mu] - mu) ** 2)))
        starts.append((mu, max(sigma, 1e-3), max(float(x.mean()) - mu, 1e-3)))
    # The exponential part alone is skewed: its third central moment is 2 alpha³.
    third = float(np.mean((x - x.mean()) ** 3))
    alpha = float(np.clip(np.cbrt(max(third, 0.0) / 2), 0.05, 0.95))
    starts.append((float(x.mean()) - alpha, float(np.sqrt(1 - alpha**2)), alpha))
    return starts


def _degenerate(sigma: float, alpha: float) -> str:
    for name, value in (("sigma", sigma), ("alpha", alpha)):
        if value < SMALLEST_SIGMA_AFU:
            return f"normexp_degenerate: {name} of the fit is below 1 afu"
    return ""


def _no_fit(n_spots: int, reason: str) -> NormexpFit:
    return NormexpFit(np.nan, np.nan, np.nan, np.nan, n_spots, reason)
