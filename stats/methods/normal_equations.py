"""Normal equations of many targets at once: Cholesky factors that step over lost columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints

#: A column of which less than this share (of its sum of squares) is left beside the columns before
#: it is a combination of them: the samples present do not tell them apart.
_LOST = 1e-10


@dataclass(frozen=True)
class Factor:
    """Cholesky factor of the Gram matrices of k columns; targets are the last axis.

    Parameters
    ----------
    lower : (k, k, n_targets or 1), rows of the triangular factor; a lost column is all zero
        below a diagonal of one.
    is_kept : (k, n_targets or 1), False for a column that the ones before it make up.
    is_full : no target has lost a column.
    is_identity : the columns were orthonormal already.
    """

    lower: Floats
    is_kept: Flags
    is_full: bool
    is_identity: bool = False

    @property
    def is_shared(self) -> bool:
        """True where all targets have one factor."""
        return bool(self.lower.shape[2] == 1)

    @property
    def rank(self) -> Ints:
        """Number of independent columns, (n_targets or 1,)."""
        return np.asarray(self.is_kept.sum(axis=0), dtype=np.int64)

    def forward(self, right: Floats) -> Floats:
        """Return L⁻¹ `right`, zero in lost columns; `right` is (k, n_targets or 1)."""
        if self.is_identity:
            return right
        rows: list[Floats] = []
        for j, rest in enumerate(right):
            own = _minus_products(rest, self.lower[j], rows) / self.lower[j, j]
            rows.append(own if self.is_full else np.where(self.is_kept[j], own, 0.0))
        return np.array(rows) if rows else np.zeros_like(right)

    def backward(self, right: Floats) -> Floats:
        """Return L⁻ᵀ `right`: the coefficients, zero in lost columns."""
        if self.is_identity:
            return right
        out = np.empty_like(right)
        for j in reversed(range(len(self.lower))):
            rest = right[j]
            for i in range(j + 1, len(self.lower)):
                rest = rest - self.lower[i, j] * out[i]
            out[j] = np.where(self.is_kept[j], rest / self.lower[j, j], 0.0)
        return out

    def carries(self, weights: Floats, forward: Floats) -> Flags:
        """Return where a contrast is estimable: lost columns add nothing to its weights.

        Parameters
        ----------
        weights : (k,), of the contrast
        forward : (k, n_targets or 1), what `forward` made of them
        """
        out = np.ones(forward.shape[1], dtype=np.bool_)
        if self.is_full:
            return out
        scale = np.abs(weights).max()
        for j, weight in enumerate(weights):
            rest = _minus_products(weight, self.lower[j], forward[:j])
            out &= self.is_kept[j] | (np.abs(rest) <= 1e-6 * scale)
        return out

    def of(self, targets: Ints) -> Factor:
        """Return the factors of some targets."""
        if self.is_shared:
            return self
        return Factor(self.lower[:, :, targets], self.is_kept[:, targets], self.is_full)


@lru_cache(maxsize=64)
def identity(k: int) -> Factor:
    """Return the factor of k orthonormal columns without a gap; its arrays are read-only."""
    is_kept = np.ones((k, 1), dtype=np.bool_)
    is_kept.flags.writeable = False
    return Factor(unit_matrix(k)[:, :, None], is_kept, True, is_identity=True)


@lru_cache(maxsize=64)
def unit_matrix(k: int) -> Floats:
    """Return the unit matrix (k, k), read-only."""
    matrix = np.eye(k)
    matrix.flags.writeable = False
    return matrix


def factorise(gram: Floats) -> Factor:
    """Return the factor of Gram matrices (k, k, n_targets or 1)."""
    k = len(gram)
    lower = np.zeros_like(gram)
    is_kept = np.empty(gram.shape[1:], dtype=np.bool_)
    for j in range(k):
        own = lower[j, :j]
        pivot = _minus_products(gram[j, j], own, own)
        is_kept[j] = pivot > _LOST * gram[j, j]
        lower[j, j] = np.sqrt(np.where(is_kept[j], pivot, 1.0))
        for i in range(j + 1, k):
            rest = _minus_products(gram[i, j], lower[i], own) / lower[j, j]
            lower[i, j] = np.where(is_kept[j], rest, 0.0)
    return Factor(lower, is_kept, bool(is_kept.all()))


def _minus_products(start: Floats, left: Iterable[Floats], right: Iterable[Floats]) -> Floats:
    """Return `start` minus the sum of products of rows, as many as the shorter side has."""
    for a, b in zip(left, right, strict=False):
        start = start - a * b
    return start
