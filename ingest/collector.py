"""Python's search for cyclic garbage, while very many objects are made that are none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Let the search for cycles rest during a block; what is used no more goes all the same.

    A load makes hundreds of thousands of rows, facts and outcomes that live until its end. None
    of them is part of a cycle, and looking through all of them again and again is dear.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What is left joins the old objects: looked through when these are, not at once.
        gc.freeze()
        gc.unfreeze()
        if was_enabled:
            gc.enable()
