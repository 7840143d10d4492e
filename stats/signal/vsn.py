"""Variance stabilisation: each array affinely mapped, then arsinh, so that noise is even."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from stats.methods.arrays import Flags, Floats
from stats.signal.normalised import NormalisedLevels, batch_of, fitted_arrays

#: Share of the targets that the fit rests on, within each fifth of the mean level.
LTS_QUANTILE = 0.9
N_SLICES = 5
MOST_ROUNDS = 20

#: Bounds of log b in units of each array's spread. At the upper one arsinh is the logarithm.
_BOUND = 14.0
#: Near the logarithm the likelihood is flat: a second search begins this much further along log b.
_PUSH = 4.0

NO_MAXIMUM = "the likelihood of VSN has no maximum: the arrays have no noise in common"

#: Noise below this (arsinh units) is rounding: the arrays are maps of one another.
_NO_NOISE = 1e-7


@dataclass(frozen=True)
class VsnFit:
    """Parameters of a batch.

    Parameters
    ----------
    offset, scale_per_afu : (n_arrays,), a and b of arsinh(a + b y); NaN where not fitted.
    sigma : SD of the noise in arsinh units over the targets that the fit rests on.
    is_core : (n_targets,), the targets that the fit rests on.
    n_rounds : of the least trimmed sum of squares.
    reason : (n_arrays,), why an array was not fitted; empty where it was.
    """

    offset: Floats
    scale_per_afu: Floats
    sigma: float
    is_core: Flags
    n_rounds: int
    reason: tuple[str, ...]


def vsn(net_afu: ArrayLike) -> NormalisedLevels:
    """Normalise the arrays of one batch by VSN.

    Parameters
    ----------
    net_afu : (n_arrays, n_targets), linear net signals in afu, NaN where missing
        Values at and below 0 are meant to be there.

    Returns
    -------
    NormalisedLevels
        On the generalised log2 scale: (arsinh(a + b y)) / ln 2 − 1 − mean over arrays of log2 b,
        which tends to log2 of the normalised signal where that is high, and is finite below 0.
        A batch without a maximum of the likelihood has a reason for every array.

    Raises
    ------
    ValueError
        A value is infinite, or there are not two dimensions.

    Notes
    -----
    See `fit_vsn`. A difference of two levels is a log2 fold change only where both are high.

    References
    ----------
    Huber et al. (2002), Bioinformatics 18 Suppl 1:S96–S104,
    doi:10.1093/bioinformatics/18.suppl_1.S96.
    Checked against our own R script (tests/reference/signal/vsn.R) that maximises the same
    likelihood with `optim`: 1e-6 log2 units (1.4e-7 measured on ten real slides, 1.4e-8 on our own
    batch). Two optimisers meet at the square root of the likelihood's rounding, no nearer. The
    Bioconductor package vsn is not among Debian's: our numbers were never compared with its own.
    """
    matrix, _ = batch_of(net_afu, "net signals")
    fit = fit_vsn(matrix)
    inner = fit.offset[:, None] + fit.scale_per_afu[:, None] * matrix
    fitted = fitted_arrays(list(fit.reason))
    logs = np.sort(np.log2(fit.scale_per_afu[fitted]))
    height = logs.mean() if fitted.any() else np.nan
    return NormalisedLevels(np.arcsinh(inner) / np.log(2) - 1 - height, fit.reason)


def fit_vsn(net_afu: ArrayLike) -> VsnFit:
    """Fit offset and scale of every array of one batch.

    Parameters
    ----------
    net_afu : (n_arrays, n_targets), linear net signals in afu, NaN where missing

    Returns
    -------
    VsnFit
        An array with fewer than 10 values, with all values alike, or alone in its batch has a
        reason and does not enter.

    Raises
    ------
    ValueError
        A value is infinite, or there are not two dimensions.

    Notes
    -----
    Model: h_ki = arsinh(a_i + b_i y_ki) = mu_k + error, error ~ Normal(0, sigma²), b_i > 0. With
    mu_k the mean of h_ki over the arrays, N values, and S = Σ (h_ki − mu_k)², the profile
    log-likelihood, up to a constant, is

        −N/2 · log(S/N) + Σ_ki (log b_i − ½ log(1 + (a_i + b_i y_ki)²))

    Robust: the likelihood is maximised over a core of targets, at first all. Then the core is made
    anew: targets are cut into fifths by mu_k; of each fifth those stay whose residual mean square
    is at most its 0.9 quantile. This is repeated until the core stays (at most 20 times). Targets
    with fewer than two values never enter. One stratum of targets.

    Where no additive noise shows, the likelihood grows for ever with all b at a_i/b_i fixed; the
    limit is then taken, a started logarithm, log2(y + a_i/b_i).

    Values are scaled by the spread of their array first: the unit does not change the fit, nor does
    the order of arrays and targets, beyond the optimiser's tolerance of 1e-6 log2 units. Whoever
    needs equal bytes gives arrays and targets in the same order.

    Assumes noise that is constant plus proportional, and that nine tenths of the targets are alike
    between the arrays: where a third of a panel falls, the rest seems to rise. Local to a batch.

    References
    ----------
    Huber et al. (2002), doi:10.1093/bioinformatics/18.suppl_1.S96 (model and likelihood).
    Huber et al. (2003), Stat Appl Genet Mol Biol 2:3, doi:10.2202/1544-6115.1008 (robust fit).
    """
    matrix, reasons = batch_of(net_afu, "net signals")
    fitted = fitted_arrays(reasons)
    if not fitted.any():
        return _no_fit(matrix, reasons)
    unit = _spread(matrix[fitted])
    theta, core, sigma, n_rounds = _robust_maximum(matrix[fitted] / unit[:, None])
    shift, log_b = np.split(theta, 2)
    if sigma < _NO_NOISE or _runs_away(theta, matrix[fitted][:, core] / unit[:, None]):
        return _no_fit(matrix, [given or NO_MAXIMUM for given in reasons])
    offset, scale = np.full((2, len(matrix)), np.nan)
    offset[fitted], scale[fitted] = np.exp(log_b) * shift, np.exp(log_b) / unit
    return VsnFit(offset, scale, sigma, core, n_rounds, tuple(reasons))


def _spread(values: Floats) -> Floats:
    """Return the median absolute deviation of every array, or its SD where that is 0."""
    middle = np.nanmedian(values, axis=1, keepdims=True)
    spread = np.nanmedian(np.abs(values - middle), axis=1)
    return np.where(spread > 0, spread, np.nanstd(values, axis=1))


def _runs_away(theta: Floats, values: Floats) -> bool:
    """Return whether an array ran to its bound, though arsinh is no logarithm for its values."""
    at_bound = np.abs(theta[len(values) :]) >= _BOUND
    lowest = np.nanmin(_inner(theta, values), axis=1)
    return bool((at_bound & (lowest < 100)).any())


def _no_fit(matrix: Floats, reasons: list[str]) -> VsnFit:
    nothing = np.full(len(matrix), np.nan)
    none = np.zeros(matrix.shape[1], dtype=np.bool_)
    return VsnFit(nothing, nothing, np.nan, none, 0, tuple(reasons))


def _robust_maximum(values: Floats) -> tuple[Floats, Flags, float, int]:
    n_present = (~np.isnan(values)).sum(axis=0)
    core = usable = n_present > 1
    # Three starts: shift 0, and b of 0.1, 1 or 10 over the spread of the array.
    starts = [np.repeat([0.0, np.log(k)], len(values)) for k in (0.1, 1.0, 10.0)]
    best = min((_maximum(start, values[:, core]) for start in starts), key=lambda f: f.fun)
    for turn in range(1, MOST_ROUNDS + 1):
        mean, squares = _residuals(best.x, values)
        again = _core(mean, squares / np.maximum(n_present, 1), usable)
        if (again == core).all() or turn == MOST_ROUNDS:
            break
        core = again
        best = _maximum(best.x, values[:, core])
        further = _maximum(best.x + np.repeat([0.0, _PUSH], len(values)), values[:, core])
        best = min(best, further, key=lambda f: f.fun)
    sigma = float(np.sqrt(squares[core].sum() / n_present[core].sum()))
    return np.asarray(best.x, dtype=np.float64), core, sigma, turn


def _inner(theta: Floats, values: Floats) -> Floats:
    """Return b (y + shift); with a = b · shift the two parameters pull less on one another."""
    shift, log_b = theta[: len(values), None], theta[len(values) :, None]
    return np.asarray(np.exp(log_b) * (values + shift), dtype=np.float64)


def _maximum(start: Floats, values: Floats) -> optimize.OptimizeResult:
    bounds = [(None, None)] * len(values) + [(-_BOUND, _BOUND)] * len(values)
    return optimize.minimize(
        _objective, start, args=(values,), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 20000, "maxfun": 40000, "maxcor": 30, "ftol": 1e-16, "gtol": 1e-9},
    )  # fmt: skip


def _objective(theta: Floats, values: Floats) -> tuple[float, Floats]:
    """Return −profile log-likelihood per value, and its gradient in shift and log b."""
    log_b = theta[len(values) :, None]
    present = ~np.isnan(values)
    n = present.sum()
    inner = _inner(theta, np.where(present, values, 0.0))
    h = np.arcsinh(inner)
    deviation = np.where(present, h - _mean(h, present), 0.0)
    squares = max(float((deviation**2).sum()), 1e-300)
    jacobian = np.where(present, log_b - np.log1p(inner**2) / 2, 0.0)
    by_inner = deviation * (n / squares) / np.sqrt(1 + inner**2) + inner / (1 + inner**2)
    by_inner = np.where(present, by_inner, 0.0)
    by_log_b = (by_inner * inner).sum(axis=1) - present.sum(axis=1)
    by_shift = by_inner.sum(axis=1) * np.exp(log_b[:, 0])
    gradient = np.concatenate([by_shift, by_log_b])
    return float(n / 2 * np.log(squares / n) - jacobian.sum()) / n, gradient / n


def _mean(h: Floats, present: Flags) -> Floats:
    total = np.where(present, h, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(present.sum(axis=0), 1), dtype=np.float64)


def _residuals(theta: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return the mean of every target over the arrays, and its sum of squared residuals."""
    present = ~np.isnan(values)
    h = np.arcsinh(_inner(theta, values))
    mean = _mean(h, present)
    return mean, np.where(present, (h - mean) ** 2, 0.0).sum(axis=0)


def _core(mean: Floats, mean_square: Floats, usable: Flags) -> Flags:
    """Return the targets of each fifth by mean whose residuals are at most its 0.9 quantile."""
    core = np.zeros_like(usable)
    by_mean = np.flatnonzero(usable)[np.argsort(mean[usable], kind="stable")]
    for part in np.array_split(by_mean, N_SLICES):
        if len(part):
            core[part] = mean_square[part] <= np.quantile(mean_square[part], LTS_QUANTILE)
    return core
