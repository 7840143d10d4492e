"""Arrays in which the same few values stand again and again, as degrees of freedom do."""

from __future__ import annotations

import struct

import numpy as np

from stats.methods.arrays import Floats, Ints, all_true

_as_bytes = struct.Struct("d").pack


def repeated(n: int, value: float) -> Floats:
    """Return n times the same number: read-only, and kept once."""
    return np.ndarray((n,), np.float64, _as_bytes(value), strides=(0,))


def is_repeated(values: Floats) -> bool:
    """Return whether the same number is known to stand everywhere, without a look at them."""
    return values.strides == (0,) and values.size > 0


def distinct(values: Floats) -> tuple[Floats, Ints | slice]:
    """Return the different values and where each stands: different[where] is like `values`.

    Where all are the same, different[where] has one element, which broadcasts as all of them would.

    Parameters
    ----------
    values : (n,), from which something costly is to be computed, once for each different one
    """
    if is_repeated(values) or (len(values) and all_true(values == values[0])):
        return values[:1], slice(None)
    different, where = np.unique(values, return_inverse=True)
    return different, where
