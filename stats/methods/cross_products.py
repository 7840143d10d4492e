"""Sums of squares and products of each target with a few shared columns, in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stats.methods.arrays import Floats, Ints

#: Levels that are worked on at a time: 2 MB, so that they stay in the processor's cache.
_TILE = 2**18
_TILE_COLUMNS = 2**11


class CrossProducts(NamedTuple):
    """Sums over the samples that have a level; targets are the last axis.

    Parameters
    ----------
    n : (n_targets,), levels present.
    gram : (k, k, n_targets), products of the columns; None where no level is missing: then they
        are those of the columns themselves.
    cross : (k, n_targets), products of the columns with the level minus its centre.
    squares : (n_targets,), squares of the level minus its centre.
    total : (n_targets,), sum of the level minus its centre.
    centre : (n_targets,), what was subtracted from each level.
    """

    n: Ints
    gram: Floats | None
    cross: Floats
    squares: Floats
    total: Floats
    centre: Floats


def cross_products(
    levels: Floats, columns: Floats, *, is_complete: bool, is_centred: bool
) -> CrossProducts:
    """Return the sums of products of levels and columns.

    Parameters
    ----------
    levels : (n_samples, n_targets), NaN where missing
    columns : (n_samples, k), without gaps
    is_complete : no level is missing
    is_centred : subtract a level of each target first, which keeps rounding errors in proportion
        to the spread of the levels and not to their height; else the centre is 0
    """
    (n_samples, n_targets), k = levels.shape, columns.shape[1]
    centre = _first_present(levels, is_complete) if is_centred else np.zeros(n_targets)
    left = np.empty((k + 1, n_samples))
    left[:k], left[k] = columns.T, 1.0
    if is_complete:
        sums, squares = _complete_sums(levels, left, centre)
        n = np.empty(n_targets, dtype=np.int64)
        n.fill(n_samples)
        return CrossProducts(n, None, sums[:k], squares, sums[k], centre)
    pairs = [(i, j) for i in range(k) for j in range(i + 1)]
    sums, squares = np.zeros((k + 1, n_targets)), np.zeros(n_targets)
    gram = np.zeros((len(pairs) + 1, n_targets))
    shelf, flags = np.empty(min(_TILE, levels.size)), np.empty(min(_TILE, levels.size))
    for rows, targets in _tiles(n_samples, n_targets):
        tile = levels[rows, targets]
        shifted = shelf[: tile.size].reshape(tile.shape)
        np.subtract(tile, centre[targets], out=shifted)
        gaps = np.isnan(shifted)
        shifted[gaps] = 0.0
        present = np.subtract(1.0, gaps, out=flags[: tile.size].reshape(tile.shape))
        gram[:, targets] += _products(left[:, rows], pairs) @ present
        sums[:, targets] += left[:, rows] @ shifted
        np.multiply(shifted, shifted, out=shifted)
        squares[targets] += left[k, rows] @ shifted
    n = np.rint(gram[-1]).astype(np.int64)
    return CrossProducts(n, _square(gram, k, pairs), sums[:k], squares, sums[k], centre)


def _complete_sums(levels: Floats, left: Floats, centre: Floats) -> tuple[Floats, Floats]:
    """Return the products with the rows of `left`, and the squares, of levels without a gap."""
    if levels.size <= _TILE:
        shifted = levels - centre
        sums = left @ shifted
        return sums, left[-1] @ np.multiply(shifted, shifted, out=shifted)
    sums, squares = np.zeros((len(left), levels.shape[1])), np.zeros(levels.shape[1])
    shelf = np.empty(_TILE)
    for rows, targets in _tiles(*levels.shape):
        tile = levels[rows, targets]
        shifted = shelf[: tile.size].reshape(tile.shape)
        np.subtract(tile, centre[targets], out=shifted)
        sums[:, targets] += left[:, rows] @ shifted
        squares[targets] += left[-1, rows] @ np.multiply(shifted, shifted, out=shifted)
    return sums, squares


def _tiles(n_samples: int, n_targets: int) -> Iterator[tuple[slice, slice]]:
    n_columns = max(min(n_targets, _TILE_COLUMNS), 1)
    n_rows = _TILE // n_columns
    for a in range(0, n_targets, n_columns):
        for i in range(0, n_samples, n_rows):
            yield slice(i, i + n_rows), slice(a, a + n_columns)


def _first_present(levels: Floats, is_complete: bool) -> Floats:
    """Return the first level of each target that is not missing; 0 where all are."""
    if is_complete and len(levels):
        return np.array(levels[0])
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
