"""Average ranks of each target's values, with missing values left out."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats


def average_ranks(values: Floats) -> tuple[Floats, Floats]:
    """Return the ranks within each column and what their ties take from a variance.

    Parameters
    ----------
    values : (n_values, n_targets), NaN where missing

    Returns
    -------
    ranks : (n_values, n_targets)
        From 1; equal values share the average rank; NaN where missing.
    ties : (n_targets,)
        Sum of t³ − t over groups of t equal values; 0 without ties. Equal are values that are
        the same double: levels whose last digit is rounding are not tied.
    """
    n = len(values)
    if n == 0:
        return values.copy(), np.zeros(values.shape[1])
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    place = np.arange(n, dtype=np.float64)[:, None]
    starts = np.ones(values.shape, dtype=np.bool_)
    starts[1:] = ordered[1:] != ordered[:-1]
    ends = np.ones(values.shape, dtype=np.bool_)
    ends[:-1] = starts[1:]
    first = np.maximum.accumulate(np.where(starts, place, 0.0), axis=0)
    last = np.minimum.accumulate(np.where(ends, place, n)[::-1], axis=0)[::-1]
    present = ~np.isnan(ordered)
    ranks = np.empty_like(values)
    np.put_along_axis(ranks, order, np.where(present, (first + last) / 2 + 1, np.nan), axis=0)
    size = last - first + 1
    ties: Floats = np.where(present, size**2 - 1, 0.0).sum(axis=0)
    return ranks, ties
