"""Sums of squares and products of each target with a few shared columns, in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Floats, Ints

#: Levels that are worked on at a time: 2 MB, so that they stay in the processor's cache.
_TILE = 2**18
_TILE_COLUMNS = 2**11


@dataclass(frozen=True)
class CrossProducts:
    """Sums over the samples that have a level; targets are the last axis.

    Parameters
    ----------
    n : (n_targets,), levels present.
    gram : (k, k, n_targets), products of the columns; (k, k, 1) where no level is missing.
    cross : (k, n_targets), products of the columns with the level minus its centre.
    squares : (n_targets,), squares of the level minus its centre.
    total : (n_targets,), sum of the level minus its centre.
    centre : (n_targets,), what was subtracted from each level.
    """

    n: Ints
    gram: Floats
    cross: Floats
    squares: Floats
    total: Floats
    centre: Floats


def cross_products(levels: Floats, columns: Floats, *, is_centred: bool) -> CrossProducts:
    """Return the sums of products of levels and columns.

    Parameters
    ----------
    levels : (n_samples, n_targets), NaN where missing
    columns : (n_samples, k), without gaps
    is_centred : subtract a level of each target first, which keeps rounding errors in proportion
        to the spread of the levels and not to their height; else the centre is 0
    """
    (n_samples, n_targets), k = levels.shape, columns.shape[1]
    centre = _first_present(levels) if is_centred else np.zeros(n_targets)
    left = np.ascontiguousarray(np.column_stack([columns, np.ones(n_samples)]).T)
    pairs = [(i, j) for i in range(k) for j in range(i + 1)]
    sums, squares = np.zeros((k + 1, n_targets)), np.zeros(n_targets)
    is_complete = not np.isnan(levels.sum())
    gram = np.zeros((len(pairs) + 1, 1 if is_complete else n_targets))
    if is_complete:
        gram[:, 0] = _products(left, pairs).sum(axis=1)
    shelf = np.empty(_TILE)
    for rows, targets in _tiles(n_samples, n_targets):
        tile = levels[rows, targets]
        shifted = shelf[: tile.size].reshape(tile.shape)
        np.subtract(tile, centre[targets], out=shifted)
        if not is_complete:
            present = ~np.isnan(shifted)
            shifted[~present] = 0.0
            gram[:, targets] += _products(left[:, rows], pairs) @ present.astype(np.float64)
        sums[:, targets] += left[:, rows] @ shifted
        np.multiply(shifted, shifted, out=shifted)
        squares[targets] += left[k, rows] @ shifted
    n = np.broadcast_to(np.rint(gram[-1]).astype(np.int64), (n_targets,))
    return CrossProducts(n, _square(gram, k, pairs), sums[:k], squares, sums[k], centre)


def _tiles(n_samples: int, n_targets: int) -> Iterator[tuple[slice, slice]]:
    n_columns = max(min(n_targets, _TILE_COLUMNS), 1)
    n_rows = _TILE // n_columns
    for a in range(0, n_targets, n_columns):
        for i in range(0, n_samples, n_rows):
            yield slice(i, i + n_rows), slice(a, a + n_columns)


def _first_present(levels: Floats) -> Floats:
    """Return the first level of each target that is not missing; 0 where all are."""
    first = np.full(levels.shape[1], np.nan)
    for row in levels:
        gaps = np.isnan(first)
        if not gaps.any():
            return first
        first[gaps] = row[gaps]
    filled: Floats = np.nan_to_num(first)
    return filled


def _products(left: Floats, pairs: list[tuple[int, int]]) -> Floats:
    """Return the products of columns, one row per pair, and a last row of ones."""
    return np.array([left[i] * left[j] for i, j in pairs] + [left[-1]])


def _square(rows: Floats, k: int, pairs: list[tuple[int, int]]) -> Floats:
    """Return (k, k, …) symmetric matrices from one row per pair."""
    out = np.empty((k, k, rows.shape[1]))
    for (i, j), row in zip(pairs, rows, strict=False):
        out[i, j] = out[j, i] = row
    return out
