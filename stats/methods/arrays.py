"""Types and checks of the matrices that every method takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def as_matrix(values: ArrayLike, name: str) -> Floats:
    """Return `values` as a float64 matrix (n_samples, n_targets); NaN marks a missing value.

    Raises
    ------
    ValueError
        It has not two dimensions, or holds an infinite value.
    """
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError(
            f"{name} has {matrix.ndim} dimensions; a matrix of samples × targets has 2"
        )
    if np.isinf(matrix).any():
        raise ValueError(f"{name} holds an infinite value; a missing value is NaN")
    return matrix


def as_matrices(groups: Sequence[ArrayLike], name: str) -> tuple[Floats, ...]:
    """Return each group as a matrix; all must have the same targets.

    Raises
    ------
    ValueError
        As `as_matrix`, or the groups differ in their number of targets.
    """
    matrices = tuple(as_matrix(g, f"{name} {i}") for i, g in enumerate(groups, start=1))
    widths = {m.shape[1] for m in matrices}
    if len(widths) > 1:
        raise ValueError(f"the groups differ in their number of targets: {sorted(widths)}")
    return matrices


def all_true(flags: Flags) -> bool:
    """Return whether all are true, at a third of what the array's own method costs."""
    return bool(np.logical_and.reduce(flags, axis=None))


def any_true(flags: Flags) -> bool:
    """Return whether any is true, at a third of what the array's own method costs."""
    return bool(np.logical_or.reduce(flags, axis=None))


def all_positive(values: Floats) -> bool:
    """Return whether all are above zero; none is missing then."""
    return bool(np.minimum.reduce(values, axis=None, initial=np.inf) > 0)


def check_confidence(confidence: float) -> None:
    """Raise ValueError unless `confidence` lies strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; it lies between 0 and 1, as 0.95")
