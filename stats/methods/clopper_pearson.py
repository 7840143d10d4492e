"""Exact confidence interval of a proportion, from the tails of the binomial."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from stats.methods.arrays import Floats, check_confidence


def clopper_pearson(
    n_events: ArrayLike, n: ArrayLike, *, confidence: float
) -> tuple[Floats, Floats]:
    """Return lower and upper bound of proportions; it covers at least `confidence`, often more.

    Parameters
    ----------
    n_events, n : counts, shape () or (k,)
        Events among n independent trials; without a trial there is no interval (NaN).
    confidence : probability, as 0.95

    Returns
    -------
    tuple of two arrays of the same shape
        The bounds solve P(X >= events) = alpha/2 and P(X <= events) = alpha/2; 0 and 1 where
        nobody or everybody had the event.

    Raises
    ------
    ValueError
        Counts are negative or more events than trials.

    Notes
    -----
    Assumes independent trials of one probability.
    Clopper & Pearson 1934, Biometrika 26:404, doi:10.1093/biomet/26.4.404.
    Checked against R `binom.test` at 1e-10.
    """
    check_confidence(confidence)
    events, trials = np.broadcast_arrays(
        np.asarray(n_events, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    if np.any(events < 0) or np.any(events > trials):
        raise ValueError("events lie between 0 and the number of trials")
    tail = (1 - confidence) / 2
    others = trials - events
    low = np.where(events == 0, 0.0, special.betaincinv(np.maximum(events, 1), others + 1, tail))
    high = np.where(others == 0, 1.0, special.betainccinv(events + 1, np.maximum(others, 1), tail))
    is_empty = trials == 0
    return np.where(is_empty, np.nan, low), np.where(is_empty, np.nan, high)
