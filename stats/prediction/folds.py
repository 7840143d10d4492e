"""Who is held out when: folds that share both classes evenly, and weights that make it exact."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints

#: Fold of a person who does not take part.
OUT = -1


def deal(is_event: Flags, takes_part: Flags, n_folds: int, rng: np.random.Generator) -> Ints:
    """Return a fold for everyone, dealt at random within each class, each row on its own.

    Parameters
    ----------
    is_event, takes_part : (n_rows, n_persons)

    Returns
    -------
    (n_rows, n_persons), from 0; OUT for who does not take part
        Events are dealt first, then the others from the next fold on: neither a class nor the
        persons of two folds differ by more than one.
    """
    key = rng.random(is_event.shape) + np.where(is_event, 0.0, 1.0) + np.where(takes_part, 0.0, 2.0)
    place = np.argsort(np.argsort(key, axis=1, kind="stable"), axis=1, kind="stable")
    return np.where(takes_part, place % n_folds, OUT)


def held_in(folds: Ints, n_folds: int) -> Flags:
    """Return who is in the training part of each fold, (n_rows, n_folds, n_persons)."""
    numbers = np.arange(n_folds)[None, :, None]
    kept: Flags = (folds[:, None, :] != numbers) & (folds[:, None, :] != OUT)
    return kept


def balanced(weights: Floats, is_event: Flags, event_share: Floats) -> Floats:
    """Return weights by class such that each row has that share of events; totals stay.

    Parameters
    ----------
    weights, is_event : (n_rows, n_persons)
    event_share : (n_rows,), the share in the whole study

    Notes
    -----
    Where the events cannot be dealt evenly, the training part of a fold with one event more has
    one less, its predictions lie lower, and pooled predictions of pure noise then have an AUC
    below 0.5 (Parker, Günter & Bedo 2007, BMC Bioinformatics 8:326,
    doi:10.1186/1471-2105-8-326). With these weights every training part has the study's share.
    """
    total = weights.sum(axis=1)
    of_events = np.sum(weights * is_event, axis=1)
    up = (event_share * total / of_events)[:, None]
    down = ((1 - event_share) * total / (total - of_events))[:, None]
    out: Floats = weights * np.where(is_event, up, down)
    return out
