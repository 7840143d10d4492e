"""What a training part tells of each target: its scale, its fill for gaps, how well it separates.

Nothing here looks at persons without weight, so that held-out persons stay unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints

#: A target measured in less than this share of a training part is no candidate there.
LEAST_MEASURED = 0.5
#: Rounding: a standard deviation below this share of the target's spread counts as none.
_NO_SPREAD = 1e-9


@dataclass(frozen=True)
class Predictors:
    """Baseline levels of the persons.

    Parameters
    ----------
    levels : (n_persons, n_targets), log2 units, NaN where missing
    is_low : (n_persons, n_targets), true where the level is missing because it lies below the
        limit of detection
    """

    levels: Floats
    is_low: Flags

    @cached_property
    def near_zero(self) -> Floats:
        """Levels less the median of each target, which keeps sums of squares exact."""
        measured = np.where(np.isnan(self.levels).all(axis=0), 0.0, self.levels)
        centred: Floats = self.levels - np.nanmedian(measured, axis=0)
        return centred

    @cached_property
    def low_columns(self) -> Ints:
        """Targets with a level below the limit."""
        return np.flatnonzero(self.is_low.any(axis=0))

    def take(self, columns: Ints) -> Predictors:
        """Return some of the targets."""
        return Predictors(self.levels[:, columns], self.is_low[:, columns])


@dataclass(frozen=True)
class Scales:
    """What each training part says, one row a part; targets that are no candidates have t −1.

    Parameters
    ----------
    low : (n_parts, n_targets), what stands for a level below the limit: the lowest one measured
    centre, spread : (n_parts, n_targets), mean and standard deviation, low levels included
    separation : (n_parts, n_targets), |t| of the two classes with a common variance
    """

    low: Floats
    centre: Floats
    spread: Floats
    separation: Floats


def scales(predictors: Predictors, is_event: Flags, weights: Floats) -> Scales:
    """Return what training parts say of each target.

    Parameters
    ----------
    is_event, weights : (n_parts, n_persons); a weight of 0 leaves a person out
    """
    levels = predictors.near_zero
    measured = ~np.isnan(levels)
    known = np.where(measured, levels, 0.0)
    low = _lowest(predictors, weights)
    n, total, square = (np.zeros(low.shape) for _ in range(3))
    events, sum_events = np.zeros(low.shape), np.zeros(low.shape)
    for own, of_events in ((weights * is_event, True), (weights * ~is_event, False)):
        n_low = own @ predictors.is_low
        own_n, own_sum = own @ measured + n_low, own @ known + n_low * low
        n, total, square = n + own_n, total + own_sum, square + own @ known**2 + n_low * low**2
        if of_events:
            events, sum_events = own_n, own_sum
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = total / n
        spread = np.sqrt(np.maximum(square / n - centre**2, 0.0))
        t = _separation(events, sum_events, n, total, square)
    enough = weights @ measured >= LEAST_MEASURED * weights.sum(axis=1, keepdims=True)
    # Two constant classes that differ have an infinite t: nothing separates better.
    usable = enough & (spread > _NO_SPREAD * (1 + np.abs(centre))) & ~np.isnan(t)
    return Scales(low, centre, np.where(usable, spread, 1.0), np.where(usable, t, -1.0))


def chosen_columns(predictors: Predictors, found: Scales, n_selected: int) -> tuple[Ints, Floats]:
    """Return the targets that separate the classes best, and their standardised levels.

    Parameters
    ----------
    found : of n_parts training parts

    Returns
    -------
    order : (n_parts, n_selected), columns by falling |t|, equal ones by place; OUT of candidates
        (−1) where there are fewer
    columns : (n_parts, n_persons, n_selected), of everyone, also those held out; a missing level
        is the training mean, 0; so are the columns that are no candidates
    """
    order = _best(found.separation, n_selected)
    taken = np.maximum(order, 0)
    part = np.arange(len(order))[:, None]
    own = predictors.near_zero[:, taken].transpose(1, 0, 2)
    low, centre, spread = (a[part, taken][:, None, :] for a in
                           (found.low, found.centre, found.spread))  # fmt: skip
    if len(predictors.low_columns):
        own = np.where(predictors.is_low[:, taken].transpose(1, 0, 2), low, own)
    scaled = (own - centre) / spread
    return order, np.where(np.isnan(scaled) | (order < 0)[:, None, :], 0.0, scaled)


def candidates(predictors: Predictors) -> Ints:
    """Return the targets that are measured in at least half of all persons and vary."""
    levels = predictors.levels
    if not len(levels):
        return np.empty(0, dtype=np.int64)
    measured = ~np.isnan(levels)
    enough = measured.mean(axis=0) >= LEAST_MEASURED
    highest = np.fmax.reduce(levels, axis=0, initial=-np.inf)
    lowest = np.fmin.reduce(levels, axis=0, initial=np.inf)
    return np.flatnonzero(enough & (highest > lowest))


def _lowest(predictors: Predictors, weights: Floats) -> Floats:
    """Return the lowest level of each target within the parts; 0 where none is below the limit."""
    low = np.zeros((len(weights), predictors.levels.shape[1]))
    for column in predictors.low_columns.tolist():
        own = np.where(weights > 0, predictors.near_zero[:, column], np.nan)
        found = np.fmin.reduce(own, axis=1, initial=np.inf)
        low[:, column] = np.where(np.isfinite(found), found, 0.0)
    return low


def _separation(
    events: Floats, sum_events: Floats, n: Floats, total: Floats, square: Floats
) -> Floats:
    """Return |t| from the sums of both classes."""
    others, sum_others = n - events, total - sum_events
    within = square - sum_events**2 / events - sum_others**2 / others
    difference = sum_events / events - sum_others / others
    error = np.sqrt(np.maximum(within, 0.0) / (n - 2) * (1 / events + 1 / others))
    t: Floats = np.abs(difference) / error
    return t


def _best(separation: Floats, n_selected: int) -> Ints:
    n_targets = separation.shape[1]
    k = min(n_selected, n_targets)
    order = np.argsort(-separation, axis=1, kind="stable")[:, :k]
    order = np.where(np.take_along_axis(separation, order, axis=1) < 0, -1, order)
    if k < n_selected:
        order = np.pad(order, ((0, 0), (0, n_selected - k)), constant_values=-1)
    return order
