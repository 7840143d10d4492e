"""What the search for a prediction model claims of noise, with a leak, and of a true predictor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from benchmarks.null_rates.draws import N_TARGETS, Flags, Floats, generator, groups
from stats.prediction.nested import cross_validate, permutation_p, permuted_auc
from stats.prediction.optimism import final_model
from stats.prediction.settings import DEFAULTS, Settings
from stats.prediction.standardised import Predictors, scales

SEED = 20170106
#: The procedure as the warehouse runs it, with fewer repeats of each part a study.
SETTINGS = replace(DEFAULTS, n_repeats=5, n_bootstraps=20, n_permutations=19,
                   n_permutation_repeats=1)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Studies of one kind, and where their mean cross-validated AUC must lie.

    Parameters
    ----------
    name : what is drawn, in words
    sizes : persons with and without the event
    effect : true difference of the first target between the classes, in its standard deviations
    shared : share of a person's variance that all targets have in common
    missing : share of levels that are missing
    leaks : whether the ten targets that separate all persons best are chosen before the folds
    low, high : what the mean AUC must be
    """

    name: str
    sizes: tuple[int, int]
    effect: float = 0.0
    shared: float = 0.0
    missing: float = 0.0
    leaks: bool = False
    low: float = 0.47
    high: float = 0.53


#: AUC of pure noise: 0.5 ± 0.03. A leak must be seen, and a true predictor found.
CASES = (
    Case("12 v 18, noise", (12, 18)),
    Case("30 v 30, noise", (30, 30)),
    Case("30 v 30, noise, targets correlated, 10 % missing", (30, 30), shared=0.2, missing=0.1),
    Case("12 v 18, noise, targets chosen outside the folds", (12, 18), leaks=True, low=0.6,
         high=1.0),
    Case("12 v 18, one target differs by 2 SD", (12, 18), effect=2.0, low=0.7, high=1.0),
    Case("30 v 30, one target differs by 1 SD", (30, 30), effect=1.0, low=0.6, high=1.0),
)  # fmt: skip


@dataclass(frozen=True)
class Claimed:
    """Means over the studies of a case: one row of the committed table.

    Parameters
    ----------
    auc, auc_error : cross-validated AUC and its standard error
    auc_q05, auc_q95 : quantiles over the studies
    apparent, corrected : AUC of the final model on its own persons, and less the optimism
    below_level : share of studies with a permutation p of 0.05, the least that 19 give
    first_frac : share of the models that hold the first target, the planted one
    """

    case: str
    effect: float
    low: float
    high: float
    auc: float
    auc_error: float
    auc_q05: float
    auc_q95: float
    apparent: float
    corrected: float
    below_level: float
    first_frac: float
    n_studies: int

    @property
    def holds(self) -> bool:
        """Whether the mean AUC is what the case demands."""
        return self.low <= self.auc <= self.high

    def row(self) -> dict[str, str]:
        """Return the row as text."""
        return {k: f"{v:.6g}" if isinstance(v, float) else str(v) for k, v in asdict(self).items()}


def read_claimed(row: Mapping[str, str]) -> Claimed:
    """Return what a row of text holds."""
    kinds = {"str": str, "float": float, "int": int}
    return Claimed(**{f.name: kinds[str(f.type)](row[f.name]) for f in fields(Claimed)})


def claim(
    case: Case, n_studies: int, *, settings: Settings = SETTINGS, seed: int = SEED
) -> Claimed:
    """Return what the search claims on average over so many studies.

    Few studies are the first ones of many, and fewer permutations change no other figure.
    """
    found = np.array([_of_study(case, settings, seed, number) for number in range(n_studies)])
    auc = found[:, 0]
    return Claimed(
        case=case.name, effect=case.effect, low=case.low, high=case.high,
        auc=float(auc.mean()), auc_error=float(auc.std(ddof=1) / np.sqrt(n_studies)),
        auc_q05=float(np.quantile(auc, 0.05)), auc_q95=float(np.quantile(auc, 0.95)),
        apparent=float(found[:, 1].mean()), corrected=float(found[:, 2].mean()),
        below_level=float(np.mean(found[:, 3] < 0.05 + 1e-12)),
        first_frac=float(found[:, 4].mean()), n_studies=n_studies,
    )  # fmt: skip


def _of_study(case: Case, settings: Settings, seed: int, number: int) -> tuple[float, ...]:
    """Return AUC, apparent AUC, corrected AUC, permutation p, share of models with the first."""
    rng = generator(seed, case.name, number)
    levels, is_event = _drawn(case, rng)
    predictors = Predictors(levels, np.zeros(levels.shape, dtype=np.bool_))
    if case.leaks:
        predictors = _leaked(predictors, is_event)
    outcome = np.tile(is_event, (settings.n_repeats, 1))
    nested = cross_validate(predictors, outcome, settings, rng)
    final = final_model(predictors, is_event, settings, rng)
    p = permutation_p(permuted_auc(predictors, is_event, settings, rng))
    first = float("nan") if case.leaks else float(nested.selected[0])
    return float(nested.aucs.mean()), final.apparent_auc, final.corrected_auc, p, first


def _drawn(case: Case, rng: np.random.Generator) -> tuple[Floats, Flags]:
    events, others = groups(rng, 1, case.sizes, shared=case.shared, missing=case.missing)
    levels = np.concatenate([events, others])
    is_event = np.arange(len(levels)) < case.sizes[0]
    first = levels[:, 0]
    levels[is_event, 0] += case.effect * np.nanstd(first, ddof=1)
    return levels.reshape(-1, N_TARGETS), is_event


def _leaked(predictors: Predictors, is_event: Flags) -> Predictors:
    """Return the targets that separate all persons best: the mistake that folds cannot undo."""
    everyone = np.ones((1, len(is_event)))
    separation = scales(predictors, is_event[None, :], everyone).separation[0]
    best = np.argsort(-separation, kind="stable")[: max(SETTINGS.n_selected)]
    return predictors.take(best)
