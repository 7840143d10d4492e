"""How much better a model looks on its own persons than it is: Harrell's bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Ints
from stats.methods.auc import auc_of_rows
from stats.prediction.model import Models, Parts, find_models
from stats.prediction.settings import Settings
from stats.prediction.standardised import Predictors


@dataclass(frozen=True)
class FinalModel:
    """The model of all persons, and how far its AUC is to be trusted.

    Parameters
    ----------
    model : of one part, all persons
    apparent_auc : on the persons that it was made of
    optimism : mean over bootstrap samples of the AUC within the sample less that on everyone
    """

    model: Models
    apparent_auc: float
    optimism: float

    @property
    def corrected_auc(self) -> float:
        """The apparent AUC less the optimism."""
        return self.apparent_auc - self.optimism


def final_model(
    predictors: Predictors, is_event: Flags, settings: Settings, rng: np.random.Generator
) -> FinalModel:
    """Make the model of all persons by the same search, and estimate its optimism.

    Parameters
    ----------
    is_event : (n_persons,)

    Notes
    -----
    Bootstrap samples are drawn within the classes, so that each has both; all copies of a person
    lie in the same inner fold, else the search would see them again.

    References
    ----------
    Harrell, Lee & Mark (1996), Statistics in Medicine 15:361–387,
    doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
    """
    n = len(is_event)
    drawn = _drawn(is_event, settings.n_bootstraps, rng)
    counts = np.array([np.bincount(row, minlength=n) for row in drawn], dtype=np.float64)
    weights = np.concatenate([np.ones((1, n)), counts])
    outcome = np.broadcast_to(is_event, weights.shape)
    parts = Parts(outcome, weights, np.full(len(weights), is_event.mean()))
    models = find_models(predictors, parts, settings, rng)
    on_all = auc_of_rows(models.log_odds, outcome)
    within = auc_of_rows(np.take_along_axis(models.log_odds[1:], drawn, axis=1), is_event[drawn])
    first = Models(**{name: values[:1] for name, values in vars(models).items()})
    return FinalModel(first, float(on_all[0]), float(np.mean(within - on_all[1:])))


def _drawn(is_event: Flags, n_bootstraps: int, rng: np.random.Generator) -> Ints:
    """Return the persons of each sample, (n_bootstraps, n_persons)."""
    own, others = np.flatnonzero(is_event), np.flatnonzero(~is_event)
    picked = [c[rng.integers(0, len(c), (n_bootstraps, len(c)))] for c in (own, others)]
    return np.concatenate(picked, axis=1)
