"""Do predicted probabilities agree with what happened? Slope, intercept and Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from stats.methods.arrays import Flags, Floats

SEPARATED = "the predictions separate the two classes, so no slope is finite"
CONSTANT = "all predictions agree, so there is no slope"
_MAX_STEPS = 100


@dataclass(frozen=True)
class Calibration:
    """How predicted log odds relate to the outcome.

    Parameters
    ----------
    slope : of the outcome's log odds on the predicted ones; 1 is right, below 1 the predictions
        are too extreme (overfitting). NaN where `reason` says why.
    intercept : calibration in the large, log odds added at a slope of 1; 0 is right, below 0 the
        predictions are too high on average
    brier : mean squared difference of predicted probability and outcome, 0 to 1
    brier_of_share : the same for the share of events as everyone's prediction
    """

    slope: float
    intercept: float
    brier: float
    brier_of_share: float
    reason: str = ""


def calibration(log_odds: Floats, is_event: Flags) -> Calibration:
    """Compare predicted log odds with the outcome, by maximum likelihood.

    Parameters
    ----------
    log_odds : (n_predictions,), finite; several predictions of one person are rows of their own
    is_event : (n_predictions,), of both classes

    Raises
    ------
    ValueError
        One class only, or a prediction is not finite.

    References
    ----------
    Cox (1958), Biometrika 45:562–565, doi:10.1093/biomet/45.3-4.562; Van Calster et al. (2019),
    BMC Medicine 17:230, doi:10.1186/s12916-019-1466-7; Brier (1950), Monthly Weather Review
    78:1–3, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    Checked against R `glm` at 1e-8.
    """
    if not np.isfinite(log_odds).all():
        raise ValueError("a prediction is not finite")
    share = float(np.mean(is_event))
    if not 0 < share < 1:
        raise ValueError("all outcomes are of one class")
    one = np.ones((len(log_odds), 1))
    intercept = _maximum_likelihood(one, log_odds, is_event)[0]
    slope, reason = float("nan"), _no_slope(log_odds, is_event)
    if not reason:
        none = np.zeros(len(log_odds))
        slope = _maximum_likelihood(np.column_stack([one, log_odds]), none, is_event)[1]
    return Calibration(
        slope=float(slope),
        intercept=float(intercept),
        brier=float(np.mean((special.expit(log_odds) - is_event) ** 2)),
        brier_of_share=share * (1 - share),
        reason=reason,
    )


def _no_slope(log_odds: Floats, is_event: Flags) -> str:
    if np.ptp(log_odds) <= 1e-12 * max(1.0, float(np.max(np.abs(log_odds)))):
        return CONSTANT
    own, others = log_odds[is_event], log_odds[~is_event]
    is_apart = own.min() >= others.max() or own.max() <= others.min()
    return SEPARATED if is_apart else ""


def _maximum_likelihood(columns: Floats, offset: Floats, is_event: Flags) -> Floats:
    """Return the coefficients of a logistic regression whose maximum is finite."""
    beta = np.zeros(columns.shape[1])
    value = _likelihood(columns, offset, is_event, beta)
    for _ in range(_MAX_STEPS):
        p = special.expit(offset + columns @ beta)
        gradient = columns.T @ (is_event - p)
        curvature = columns.T @ (columns * (p * (1 - p))[:, None])
        step = np.linalg.solve(curvature, gradient)
        if gradient @ step <= 1e-20 * len(p):
            return beta
        while (new := _likelihood(columns, offset, is_event, beta + step)) < value - 1e-12 * (
            1 + abs(value)
        ):
            step = step / 2
        beta, value = beta + step, new
    raise ValueError(f"a recalibration did not settle within {_MAX_STEPS} steps")


def _likelihood(columns: Floats, offset: Floats, is_event: Flags, beta: Floats) -> float:
    linear = offset + columns @ beta
    return float(np.sum(is_event * linear - np.logaddexp(0.0, linear)))
