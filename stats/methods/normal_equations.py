"""Normal equations of many targets at once: Cholesky factors that step over lost columns."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    lower: Floats
    is_kept: Flags

    @property
    def rank(self) -> Ints:
        """Number of independent columns, (n_targets or 1,)."""
        return np.asarray(self.is_kept.sum(axis=0), dtype=np.int64)

    def forward(self, right: Floats) -> Floats:
        """Return L⁻¹ `right`, zero in lost columns; `right` is (k, n_targets or 1)."""
        k = len(self.lower)
        shape = np.broadcast_shapes(right.shape[1:], self.lower.shape[2:])
        out = np.empty((k, *shape))
        for j in range(k):
            rest = right[j]
            for i in range(j):
                rest = rest - self.lower[j, i] * out[i]
            out[j] = np.where(self.is_kept[j], rest / self.lower[j, j], 0.0)
        return out

    def backward(self, right: Floats) -> Floats:
        """Return L⁻ᵀ `right`: the coefficients, zero in lost columns."""
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
        shape = np.broadcast_shapes(forward.shape[1:], self.lower.shape[2:])
        out = np.ones(shape, dtype=np.bool_)
        if self.is_kept.all():
            return out
        scale = np.abs(weights).max()
        for j, weight in enumerate(weights):
            rest = weight - (self.lower[j, :j] * forward[:j]).sum(axis=0)
            out &= self.is_kept[j] | (np.abs(rest) <= 1e-6 * scale)
        return out

    def of(self, targets: Ints) -> Factor:
        """Return the factors of some targets."""
        if self.lower.shape[2] == 1:
            return self
        return Factor(self.lower[:, :, targets], self.is_kept[:, targets])


def factorise(gram: Floats) -> Factor:
    """Return the factor of Gram matrices (k, k, n_targets or 1)."""
    k = len(gram)
    lower = np.zeros_like(gram)
    is_kept = np.empty(gram.shape[1:], dtype=np.bool_)
    for j in range(k):
        pivot = gram[j, j] - np.square(lower[j, :j]).sum(axis=0)
        is_kept[j] = pivot > _LOST * gram[j, j]
        lower[j, j] = np.sqrt(np.where(is_kept[j], pivot, 1.0))
        for i in range(j + 1, k):
            rest = gram[i, j] - (lower[i, :j] * lower[j, :j]).sum(axis=0)
            lower[i, j] = np.where(is_kept[j], rest / lower[j, j], 0.0)
    return Factor(lower, is_kept)
