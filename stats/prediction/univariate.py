"""Each target alone against the outcome: odds ratio per standard deviation, and AUC."""

from __future__ import annotations

from dataclasses import dataclass

from stats.methods.arrays import Flags, Floats
from stats.methods.auc import auc
from stats.methods.firth_logistic import firth_logistic
from stats.methods.result import MethodResult


@dataclass(frozen=True)
class Univariate:
    """Results of each target.

    Parameters
    ----------
    odds : odds ratio per standard deviation of the level, by Firth's penalised likelihood; its
        details hold that standard deviation, `sd`
    area : AUC, high levels for the event
    """

    odds: MethodResult
    area: MethodResult


def univariate(levels: Floats, is_event: Flags, *, confidence: float) -> Univariate:
    """Return how each target alone goes with the event.

    Parameters
    ----------
    levels : (n_persons, n_targets), log2 levels, NaN where missing
        A person without a level enters none of that target's numbers: nothing is filled in here.
    is_event : (n_persons,)
    confidence : coverage of the intervals, as 0.95
    """
    return Univariate(
        firth_logistic(levels, is_event, confidence=confidence),
        auc(levels[is_event], levels[~is_event], confidence=confidence),
    )
