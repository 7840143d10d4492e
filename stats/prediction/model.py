"""The model and the search for it: the best-separating targets, a ridge, both chosen within."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints
from stats.methods.ridge_logistic import ridge_logistic
from stats.prediction.folds import balanced, deal, held_in
from stats.prediction.settings import Settings
from stats.prediction.standardised import Predictors, chosen_columns, scales

#: Cells of one block of fits × persons × targets: bounds the memory.
_BLOCK_CELLS = 2_000_000


@dataclass(frozen=True)
class Parts:
    """Training parts of the same persons, one row each.

    Parameters
    ----------
    is_event : (n_parts, n_persons)
    weights : (n_parts, n_persons), how often a person is in it; 0 for one held out
    event_share : (n_parts,), share of events of the whole study, which the fits are held to
    """

    is_event: Flags
    weights: Floats
    event_share: Floats

    def take(self, rows: slice) -> Parts:
        """Return some of the parts."""
        return Parts(self.is_event[rows], self.weights[rows], self.event_share[rows])

    @property
    def balanced(self) -> Floats:
        """Weights with that share of events."""
        return balanced(self.weights, self.is_event, self.event_share)


@dataclass(frozen=True)
class Models:
    """One model for each training part.

    Parameters
    ----------
    log_odds : (n_parts, n_persons), predicted for everyone, also those held out
    place : (n_parts,), the place in the settings' grid that was chosen
    columns : (n_parts, greatest number of targets), targets of the model, −1 for none
    coefficients : the same shape, log odds per standard deviation of the training part
    intercepts : (n_parts,), log odds at the training means
    """

    log_odds: Floats
    place: Ints
    columns: Ints
    coefficients: Floats
    intercepts: Floats


def find_models(
    predictors: Predictors, parts: Parts, settings: Settings, rng: np.random.Generator
) -> Models:
    """Return the model of each part, its number of targets and penalty chosen by inner folds.

    Notes
    -----
    Within each part: persons are dealt into inner folds by class; in each, targets are
    standardised, filled, ranked by |t| and fitted without the fold, for every pair of the grid;
    the pair with the smallest deviance of the held-out persons is then fitted to the whole part
    in the same way.
    """
    folds = deal(parts.is_event, parts.weights > 0, settings.n_folds, rng)
    found = [
        _found(predictors, parts.take(rows), folds[rows], settings)
        for rows in _blocks(len(folds), settings, predictors.levels.shape[0])
    ]
    return Models(*(np.concatenate([getattr(f, name) for f in found])
                    for name in Models.__dataclass_fields__))  # fmt: skip


def _found(predictors: Predictors, parts: Parts, folds: Ints, settings: Settings) -> Models:
    deviance = _held_out_deviance(predictors, parts, folds, settings)
    place = np.argmin(deviance, axis=0)
    paths = _paths(predictors, parts, settings)
    own = np.arange(len(place))
    n_kept = np.array([n for n, _ in settings.grid])[place]
    is_kept = np.arange(paths.columns.shape[1]) < n_kept[:, None]
    return Models(
        paths.log_odds[place, own], place, np.where(is_kept, paths.columns, -1),
        paths.coefficients[place, own], paths.intercepts[place, own],
    )  # fmt: skip


def _held_out_deviance(
    predictors: Predictors, parts: Parts, folds: Ints, settings: Settings
) -> Floats:
    """Return the deviance of held-out persons for each pair of the grid, (n_pairs, n_parts)."""
    k, (n_parts, n_persons) = settings.n_folds, folds.shape
    kept = held_in(folds, k).reshape(-1, n_persons)
    inner = Parts(
        np.repeat(parts.is_event, k, axis=0),
        np.repeat(parts.weights, k, axis=0) * kept,
        np.repeat(parts.event_share, k),
    )
    log_odds = _paths(predictors, inner, settings).log_odds
    wrong = np.where(inner.is_event, -log_odds, log_odds)
    unseen = np.repeat(parts.weights, k, axis=0) * ~kept
    loss = np.sum(unseen * np.logaddexp(0.0, wrong), axis=2)
    total: Floats = 2 * loss.reshape(len(settings.grid), n_parts, k).sum(axis=2)
    return total


@dataclass(frozen=True)
class _Paths:
    """Fits for every pair of the grid, which is their first axis."""

    log_odds: Floats
    columns: Ints
    coefficients: Floats
    intercepts: Floats


def _paths(predictors: Predictors, parts: Parts, settings: Settings) -> _Paths:
    weights = parts.balanced
    widest = max(settings.n_selected)
    found = scales(predictors, parts.is_event, weights)
    order, columns = chosen_columns(predictors, found, widest)
    intercepts, coefficients, log_odds = [], [], []
    for n_selected in settings.n_selected:
        own = columns[:, :, :n_selected]
        fits = ridge_logistic(own, parts.is_event, weights, penalties=settings.penalties)
        linear = np.matmul(own, fits.coefficients.transpose(1, 2, 0)).transpose(2, 0, 1)
        log_odds.append(linear + fits.intercepts[:, :, None])
        intercepts.append(fits.intercepts)
        wide = ((0, 0), (0, 0), (0, widest - n_selected))
        coefficients.append(np.pad(fits.coefficients, wide))
    return _Paths(np.concatenate(log_odds), order, np.concatenate(coefficients),
                  np.concatenate(intercepts))  # fmt: skip


def _blocks(n_parts: int, settings: Settings, n_persons: int) -> Iterator[slice]:
    cells = settings.n_folds * n_persons * (max(settings.n_selected) + len(settings.grid))
    step = max(1, _BLOCK_CELLS // cells)
    for start in range(0, n_parts, step):
        yield slice(start, start + step)
