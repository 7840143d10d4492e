"""Nested cross-validation: everyone is predicted by models that never saw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats
from stats.methods.auc import auc_of_rows
from stats.prediction.folds import deal, held_in
from stats.prediction.model import Parts, find_models
from stats.prediction.settings import Settings
from stats.prediction.standardised import Predictors

#: Predictions that differ by no more than this in log odds are one and the same.
_NO_SPREAD = 1e-9


@dataclass(frozen=True)
class Nested:
    """Predictions of held-out persons, one row a repeat.

    Parameters
    ----------
    log_odds : (n_repeats, n_persons), each person predicted once a repeat
    scores : the same, in standard deviations of the training part from its mean, so that
        predictions of several models can be pooled
    aucs : (n_repeats,), of the scores pooled over the folds of a repeat
    selected : (n_targets,), share of all models that a target is in
    """

    log_odds: Floats
    scores: Floats
    aucs: Floats
    selected: Floats


def cross_validate(
    predictors: Predictors, is_event: Flags, settings: Settings, rng: np.random.Generator
) -> Nested:
    """Predict everyone by nested stratified cross-validation, everything chosen within.

    Parameters
    ----------
    is_event : (n_repeats, n_persons), the outcome of each repeat; the same in all of them, or
        permuted ones
        Each class has so many persons that inner folds have both (`guard`).

    Notes
    -----
    Models of several folds are tuned apart, and the one whose training part separates best by
    chance, which the held-out persons must then contradict, has the largest coefficients. Pooled
    as they are, its errors outweigh the others and pure noise has an AUC below 0.5 (0.47 of 30
    persons and 80 targets); so each model's predictions are put on the scale of its own training
    part first (Forman & Scholz 2010, SIGKDD Explorations 12:49–57, doi:10.1145/1882471.1882479).

    References
    ----------
    Varma & Simon (2006), BMC Bioinformatics 7:91, doi:10.1186/1471-2105-7-91; selection outside
    the folds: Ambroise & McLachlan (2002), PNAS 99:6562–6566, doi:10.1073/pnas.102102699.
    """
    k, (n_repeats, n_persons) = settings.n_folds, is_event.shape
    folds = deal(is_event, np.ones_like(is_event), k, rng)
    kept = held_in(folds, k).reshape(-1, n_persons)
    parts = Parts(
        np.repeat(is_event, k, axis=0), kept.astype(np.float64),
        np.repeat(is_event.mean(axis=1), k),
    )  # fmt: skip
    models = find_models(predictors, parts, settings, rng)
    log_odds, scores = (
        np.where(kept, 0.0, values).reshape(n_repeats, k, n_persons).sum(axis=1)
        for values in (models.log_odds, _standardised(models.log_odds, parts.balanced))
    )
    counts = np.bincount(models.columns[models.columns >= 0], minlength=predictors.levels.shape[1])
    return Nested(log_odds, scores, auc_of_rows(scores, is_event), counts / len(kept))


def _standardised(log_odds: Floats, weights: Floats) -> Floats:
    """Return log odds less their mean among the training persons, over their deviation there."""
    total = weights.sum(axis=1, keepdims=True)
    centred = log_odds - np.sum(weights * log_odds, axis=1, keepdims=True) / total
    spread = np.sqrt(np.sum(weights * centred**2, axis=1, keepdims=True) / total)
    return np.where(spread > _NO_SPREAD, centred / np.maximum(spread, _NO_SPREAD), 0.0)


def permuted_auc(
    predictors: Predictors, is_event: Flags, settings: Settings, rng: np.random.Generator
) -> Floats:
    """Return the mean cross-validated AUC of the outcome and of permuted ones.

    Parameters
    ----------
    is_event : (n_persons,)

    Returns
    -------
    (1 + n_permutations,), the outcome itself first
        Each the mean of `n_permutation_repeats` repeats of the whole procedure.
    """
    n, repeats = settings.n_permutations, settings.n_permutation_repeats
    shuffled = rng.permuted(np.tile(is_event, (n, 1)), axis=1)
    outcomes = np.repeat(np.concatenate([is_event[None, :], shuffled]), repeats, axis=0)
    nested = cross_validate(predictors, outcomes, settings, rng)
    means: Floats = nested.aucs.reshape(n + 1, repeats).mean(axis=1)
    return means


def permutation_p(aucs: Floats) -> float:
    """Return (b + 1) ÷ (m + 1): permuted outcomes with an AUC no lower than the outcome's.

    Parameters
    ----------
    aucs : (1 + m,), the outcome's own first

    References
    ----------
    Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39,
    doi:10.2202/1544-6115.1585.
    """
    # Equal AUCs may differ in their last digit.
    return float((np.sum(aucs[1:] >= aucs[0] - 1e-12) + 1) / len(aucs))
