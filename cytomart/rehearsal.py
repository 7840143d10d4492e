"""A private copy of the warehouse to try something on; it is gone when the trial is over."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from contracts import failure
from cytomart import fingerprint
from cytomart.front import Front
from store.home import Home
from store.lock import writer_lock


@contextmanager
def copy_of(front: Front, *, wait_s: float = 0.0) -> Iterator[Front]:
    """Give a front on a copy of the build file; the home's lock is held only while copying.

    The copy lies in the vault, for it holds what the build file holds.

    Raises
    ------
    WriterBusy
        Another process writes to this home.
    CytomartError
        Nothing was loaded yet.
    """
    home = front.home
    demand_loaded(home)
    with tempfile.TemporaryDirectory(
        prefix=f"preview-{os.getpid()}-", dir=home.ensure().spill_dir
    ) as folder:
        copy = Home(Path(folder)).ensure()
        with writer_lock(home, wait_s=wait_s):
            for path in home.vault.glob(home.build_path.name + "*"):
                shutil.copyfile(path, copy.vault / path.name)
            fingerprint.copy_mark(home, copy)
        with writer_lock(copy):
            yield replace(front, home=copy)


def demand_loaded(home: Home) -> None:
    """Stop where nothing was loaded yet."""
    if not home.build_path.exists():
        raise failure(
            "nothing is loaded yet",
            where=str(home.root),
            remedy="load a study: cytomart run STUDY-FOLDER",
        )
