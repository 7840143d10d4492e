"""One coefficient of penalised logistic models by its profile: interval and likelihood ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import elementwise

from stats.methods.arrays import Flags, Floats
from stats.methods.penalised_likelihood import Maximum, Trials, information, maximise
from stats.methods.tails import normal_quantile, upper_chi2

#: A bound is found where the search moves no further, or the likelihood ratio is that close.
_WIDTH, _NEAR = 1e-10, 1e-11
#: Beyond it the root of the likelihood ratio need not be known: the likelihood may be 0 there.
_FAR = 1e3


@dataclass(frozen=True)
class Profile:
    """One coefficient of each model; every array is (T,), NaN where no answer was found.

    Parameters
    ----------
    estimate, low, high : log odds per unit of the column
    ratio : 2 (log L* at the maximum − log L* with the coefficient at 0), chi-squared with 1 df
    p_value : its upper tail
    has_converged : whether maximum, both bounds and the ratio were found
    """

    estimate: Floats
    low: Floats
    high: Floats
    ratio: Floats
    p_value: Floats
    has_converged: Flags


def profile(trials: Trials, column: int, *, confidence: float) -> Profile:
    """Return the profile of one coefficient of each model.

    The interval holds the values that the likelihood ratio does not reject, so it excludes 0 if
    and only if p < 1 − confidence.

    References
    ----------
    Heinze & Schemper (2002), Statistics in Medicine 21:2409–2419, doi:10.1002/sim.1047.
    """
    n_models, _, k = trials.design.shape
    best = maximise(trials, np.zeros((n_models, k)), np.ones(k, dtype=np.bool_))
    found = best.has_converged.copy()
    # Wald's covariance tells how far away a bound is looked for, and where the others then are.
    covariance = _covariance(trials, best)[:, column]
    root = _signed_root(trials, column, best, covariance)
    models = np.arange(n_models)
    null = np.full(n_models, np.nan)
    null[found] = root(np.zeros(int(found.sum())), models[found])
    error = np.sqrt(covariance[:, column])
    quantile = normal_quantile(confidence)
    centre = best.coefficients[:, column]
    low, has_low = _bound(root, centre, error, -quantile, found)
    high, has_high = _bound(root, centre, error, quantile, found)
    found &= np.isfinite(null) & has_low & has_high
    ratio = np.where(found, null**2, np.nan)
    return Profile(
        estimate=np.where(found, centre, np.nan),
        low=np.where(found, low, np.nan),
        high=np.where(found, high, np.nan),
        ratio=ratio,
        p_value=upper_chi2(ratio, np.ones(n_models)),
        has_converged=found,
    )


def _covariance(trials: Trials, best: Maximum) -> Floats:
    inverse = np.linalg.pinv(information(trials, best.coefficients), hermitian=True)
    return np.asarray(inverse, dtype=np.float64)


def _signed_root(
    trials: Trials, column: int, best: Maximum, covariance: Floats
) -> Callable[[Floats, np.ndarray], Floats]:
    """Return the signed root of the likelihood ratio of models, given values of the coefficient.

    Along the coefficient it is nearly a straight line, and it rises.
    """
    free: Flags = np.arange(trials.design.shape[2]) != column

    def root(value: Floats, models: np.ndarray) -> Floats:
        chosen = models.astype(np.intp)
        some = Trials(trials.design[chosen], trials.events[chosen], trials.trials[chosen])
        middle, top = best.coefficients[chosen], best.log_likelihood[chosen]
        away = (value - middle[:, column]) / covariance[chosen, column]
        starts = [middle + away[:, None] * covariance[chosen]]
        # With several free coefficients and separated outcomes there may be several hills.
        starts += [middle.copy()] if free.sum() > 1 else []
        lost = np.full(len(value), np.nan)
        for start in starts:
            start[:, column] = value
            held = maximise(some, start, free)
            is_known = held.has_converged | np.isinf(held.log_likelihood)
            lost = np.fmin(lost, np.where(is_known, top - held.log_likelihood, np.nan))
        far = np.minimum(np.sqrt(2 * np.maximum(lost, 0.0)), _FAR)
        return np.asarray(np.sign(value - middle[:, column]) * far, dtype=np.float64)

    return root


def _bound(
    root: Callable[[Floats, np.ndarray], Floats],
    centre: Floats,
    error: Floats,
    target: float,
    chosen: Flags,
) -> tuple[Floats, Flags]:
    """Return where each chosen model's root reaches the target, and whether it was found."""

    def distance(value: Floats, models: np.ndarray) -> Floats:
        return root(value, models) - target

    models = np.flatnonzero(chosen)
    middle, edge = centre[chosen], centre[chosen] + target * error[chosen]
    is_upper = target > 0
    bracket = elementwise.bracket_root(
        distance,
        np.minimum(middle, edge),
        np.maximum(middle, edge),
        xmin=middle if is_upper else -np.inf,
        xmax=np.inf if is_upper else middle,
        args=(models,),
    )
    result = elementwise.find_root(
        distance,
        (bracket.bracket[0], bracket.bracket[1]),
        args=(models,),
        tolerances={"xatol": _WIDTH, "xrtol": _WIDTH, "fatol": _NEAR},
    )
    bound, found = np.full(len(chosen), np.nan), np.zeros(len(chosen), dtype=np.bool_)
    bound[chosen] = result.x
    found[chosen] = bracket.success & result.success
    return bound, found
