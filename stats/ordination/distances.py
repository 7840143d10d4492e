"""Squared Euclidean distances between rows that may have gaps."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats


def squared_distances(items: Floats) -> Floats:
    """Return the squared distance of every two rows over the columns that both have.

    Parameters
    ----------
    items : (n_items, n_features), NaN where missing

    Returns
    -------
    (n_items, n_items), scaled up by all columns ÷ columns in common; NaN without any

    Notes
    -----
    Differences are taken before squares, so that equal rows are at distance 0 exactly.
    Checked against R `dist(x)^2`, which scales up in the same way.
    """
    out = np.zeros((len(items), len(items)))
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in range(len(items) - 1):
            squares = (items[i + 1 :] - items[i]) ** 2
            common = (~np.isnan(squares)).sum(axis=1)
            out[i, i + 1 :] = np.nansum(squares, axis=1) * (items.shape[1] / common)
    return out + out.T


def weighted_distances(items: Floats, weights: Floats) -> Floats:
    """Return the same where column j stands weights[j] times in `items`.

    Parameters
    ----------
    weights : (n_features,), whole numbers, 0 allowed

    Notes
    -----
    By matrix products, fast enough for a thousand resamples; rounding as of 1e-14 of the squares.
    """
    missing = np.isnan(items)
    filled = np.where(missing, 0.0, items)
    heavy = filled * weights
    if missing.any():
        present = np.where(missing, 0.0, 1.0)
        squares = (heavy * filled) @ present.T
        with np.errstate(divide="ignore"):
            scale = weights.sum() / ((present * weights) @ present.T)
    else:
        squares, scale = (heavy * filled).sum(axis=1)[:, None], np.ones((1, 1))
    with np.errstate(invalid="ignore"):
        out = np.maximum(squares + squares.T - 2 * (heavy @ filled.T), 0.0) * scale
    np.fill_diagonal(out, 0.0)
    return np.asarray(out, dtype=np.float64)
