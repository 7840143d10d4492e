"""Net benefit of acting on a prediction, against acting on everyone or no one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit at each threshold; acting on no one has 0 everywhere.

    Parameters
    ----------
    thresholds : (n_thresholds,), probability from which one would act
    model : (n_thresholds,), net benefit of acting where the prediction reaches the threshold
    everyone : (n_thresholds,), net benefit of acting on all
    """

    thresholds: Floats
    model: Floats
    everyone: Floats


def decision_curve(probabilities: Floats, is_event: Flags, thresholds: ArrayLike) -> DecisionCurve:
    """Return the net benefit: true positives less false ones, these at the odds of the threshold.

    Parameters
    ----------
    probabilities : (n_predictions,), 0 to 1; several predictions of one person are rows of their
        own, which averages the curves
    is_event : (n_predictions,)
    thresholds : (n_thresholds,), each above 0 and below 1

    Raises
    ------
    ValueError
        A threshold does not lie between 0 and 1.

    References
    ----------
    Vickers & Elkin (2006), Medical Decision Making 26:565–574, doi:10.1177/0272989X06295361.
    Checked against its formula written out in R at 1e-12.
    """
    at = np.asarray(thresholds, dtype=np.float64)
    if np.any((at <= 0) | (at >= 1)):
        raise ValueError("a threshold lies outside 0 to 1")
    n = len(probabilities)
    # A prediction that is the threshold but for rounding is acted on.
    acted = probabilities[None, :] >= at[:, None] - 1e-12
    odds = at / (1 - at)
    true_share = np.sum(acted & is_event, axis=1) / n
    false_share = np.sum(acted & ~is_event, axis=1) / n
    share = float(np.mean(is_event))
    return DecisionCurve(at, true_share - odds * false_share, share - odds * (1 - share))
