"""Curves of the held-out predictions: ROC, calibration, net benefit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from stats.methods.arrays import Flags, Floats
from stats.methods.decision_curve import decision_curve

ROC, CALIBRATION = "roc", "calibration"
MODEL, EVERYONE = "net_benefit_model", "net_benefit_everyone"
#: Groups of the calibration curve at most, and persons in each at least.
_GROUPS, _LEAST_IN_GROUP = 5, 5
THRESHOLDS = np.arange(5, 100, 5) / 100


@dataclass(frozen=True)
class Curve:
    """Points of one curve in order; `n_behind` persons stand behind each."""

    name: str
    x: Floats
    y: Floats
    n_behind: Floats


def curves(log_odds: Floats, scores: Floats, is_event: Flags) -> tuple[Curve, ...]:
    """Return all curves of held-out predictions.

    Parameters
    ----------
    log_odds, scores : (n_repeats, n_persons), of `nested.Nested`
    is_event : (n_persons,)

    Returns
    -------
    roc : 1 − specificity → mean sensitivity over the repeats; as steps its area is the mean AUC
    calibration : mean predicted probability → share of events, of groups of equal size by a
        person's mean prediction over the repeats
    net benefit : threshold → mean over the repeats, of the model and of acting on everyone
    """
    n = len(is_event)
    repeated = np.broadcast_to(is_event, log_odds.shape)
    benefit = decision_curve(special.expit(log_odds).ravel(), repeated.ravel(), THRESHOLDS)
    everyone = np.full(len(THRESHOLDS), float(n))
    return (
        _roc(scores, is_event),
        _calibration(special.expit(log_odds).mean(axis=0), is_event),
        Curve(MODEL, benefit.thresholds, benefit.model, everyone),
        Curve(EVERYONE, benefit.thresholds, benefit.everyone, everyone),
    )


def _roc(scores: Floats, is_event: Flags) -> Curve:
    """Return the share of events above the (k + 1)th highest of the others, ties half."""
    others = -np.sort(-scores[:, ~is_event], axis=1)
    own = scores[:, is_event]
    above = (own[:, :, None] > others[:, None, :]) + 0.5 * (own[:, :, None] == others[:, None, :])
    sensitivity = np.append(above.mean(axis=(0, 1)), 1.0)
    n = others.shape[1]
    return Curve(ROC, np.arange(n + 1) / n, sensitivity, np.full(n + 1, float(len(is_event))))


def _calibration(probability: Floats, is_event: Flags) -> Curve:
    order = np.argsort(probability, kind="stable")
    n_groups = max(1, min(_GROUPS, len(order) // _LEAST_IN_GROUP))
    groups = np.array_split(order, n_groups)
    return Curve(
        CALIBRATION,
        np.array([probability[g].mean() for g in groups]),
        np.array([is_event[g].mean() for g in groups]),
        np.array([float(len(g)) for g in groups]),
    )
