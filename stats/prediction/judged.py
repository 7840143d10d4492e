"""One model searched, judged and described: every figure of an analysis of kind prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats
from stats.methods.calibration import Calibration, calibration
from stats.permute import generator
from stats.prediction.curves import Curve, curves
from stats.prediction.nested import Nested, cross_validate, permutation_p, permuted_auc
from stats.prediction.optimism import FinalModel, final_model
from stats.prediction.settings import Settings
from stats.prediction.standardised import Predictors


@dataclass(frozen=True)
class Judged:
    """What a model of these persons is worth.

    Parameters
    ----------
    nested : held-out predictions
    final : the model of all persons, its apparent AUC and its optimism
    permuted : (1 + n_permutations,), mean cross-validated AUC of the outcome and of permuted ones
    agreement : calibration of the held-out predictions, all repeats together
    """

    nested: Nested
    final: FinalModel
    permuted: Floats
    agreement: Calibration
    curves: tuple[Curve, ...]

    @property
    def auc(self) -> float:
        """Cross-validated AUC, the mean over the repeats."""
        return float(self.nested.aucs.mean())

    @property
    def permutation_p(self) -> float:
        """How often a permuted outcome is predicted as well."""
        return permutation_p(self.permuted)

    def coefficients(self, n_targets: int) -> Floats:
        """Return the final model's log odds per standard deviation, NaN for targets not in it."""
        out = np.full(n_targets, np.nan)
        columns = self.final.model.columns[0]
        kept = columns >= 0
        out[columns[kept]] = self.final.model.coefficients[0, kept]
        return out


def judge(predictors: Predictors, is_event: Flags, settings: Settings, *names: str) -> Judged:
    """Search a model and judge it on persons that it never saw.

    Parameters
    ----------
    is_event : (n_persons,), each class as large as `guard.LEAST_EFFECTIVE`
    names : of study and analysis; random numbers depend on them and the seed alone, each part's
        on its own, so that more permutations change no cross-validation

    Notes
    -----
    Assumes independent persons. All of it is internal validation: how the model does elsewhere
    only another study can show (Collins et al. 2024, BMJ 385:q902, doi:10.1136/bmj.q902).
    """

    def random(part: str) -> np.random.Generator:
        return generator(settings.seed, *names, part)

    repeated = np.tile(is_event, (settings.n_repeats, 1))
    nested = cross_validate(predictors, repeated, settings, random("folds"))
    return Judged(
        nested=nested,
        final=final_model(predictors, is_event, settings, random("bootstrap")),
        permuted=permuted_auc(predictors, is_event, settings, random("permutations")),
        agreement=calibration(nested.log_odds.ravel(), repeated.ravel()),
        curves=curves(nested.log_odds, nested.scores, is_event),
    )
