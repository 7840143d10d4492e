"""Memory that is used again and again: on virtual machines a fresh page costs more than its use."""

from __future__ import annotations

import mmap

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_NUMBER_BYTES = 4


def reusable(n_bytes: int) -> mmap.mmap:
    """Return memory of our own, in large pages where the system has them."""
    room = mmap.mmap(-1, n_bytes)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        room.madvise(mmap.MADV_HUGEPAGE)
    return room


class Shelf:
    """Numbers put by until they are written; then the next ones take their place."""

    def __init__(self, n_bytes: int) -> None:
        self._room: NDArray[np.int32] = np.frombuffer(
            reusable(n_bytes), np.int32, count=n_bytes // _NUMBER_BYTES
        )
        self._filled = 0

    def put(self, numbers: pa.Array) -> pa.Array:
        """Return the same numbers out of this memory; where it is full, out of theirs."""
        end = self._filled + len(numbers)
        if end > len(self._room):
            return numbers
        own = self._room[self._filled : end]
        own[:] = numbers.to_numpy()
        self._filled = end
        return pa.Array.from_buffers(pa.int32(), len(own), [None, pa.py_buffer(own)])

    def clear(self) -> None:
        """Let the next numbers take the place of these; nobody may hold any of them."""
        self._filled = 0
