"""After a death in the middle: take the step that was begun to its end, or take it back."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from contracts import CytomartError
from store import ledger, pseudonym
from store.durable import remove, remove_leftovers
from store.exports import CHECKSUMS, file_sha256
from store.generation import (
    GENERATION_FILE,
    PUBLISH_EVENT,
    Generation,
    current,
    numbered_dirs,
    read_generation,
    write_pointer,
)
from store.home import Home


def recover(home: Home) -> None:
    """Remove leftovers and settle an interrupted publish; the caller holds the writer lock.

    What stands as `warehouse.duckdb` decides: if it is the generation after the pointer's, that
    one was published, and pointer and ledger follow; otherwise its exports are removed.
    """
    for directory in (home.root, home.published_dir, home.archive_dir, home.packs_dir):
        remove_leftovers(directory)
    for leftover in home.spill_dir.iterdir():
        if not _belongs_to_living(leftover):
            remove(leftover)
    remove_leftovers(home.vault, home.key_path.name)
    pseudonym.settle(home)
    settled = last_number(home)
    for number, folder in numbered_dirs(home).items():
        if number > settled:
            generation = _stands(home, folder)
            if generation is None:
                remove(folder)
            else:
                write_pointer(home, generation)
    with suppress(CytomartError):
        generation = current(home)
        if generation is not None and generation.number > _last_in_ledger(home):
            record(home, generation)


def record(home: Home, generation: Generation) -> None:
    """Write a generation into the ledger: the witness outside the database."""
    sums = home.published_dir / str(generation.number) / CHECKSUMS
    ledger.append(
        home,
        PUBLISH_EVENT,
        None,
        {**generation.facts(), "exports_sha256": file_sha256(sums)},
    )


def last_number(home: Home) -> int:
    """Return the highest generation that pointer or ledger know; 0 before the first."""
    try:
        generation = current(home)
    except CytomartError:  # a damaged pointer: the ledger knows, and the next publish mends it
        generation = None
    return max(generation.number if generation else 0, _last_in_ledger(home))


def _last_in_ledger(home: Home) -> int:
    numbers = [e.details["number"] for e in ledger.entries(home) if e.event == PUBLISH_EVENT]
    return max(numbers, default=0)


def _stands(home: Home, folder: Path) -> Generation | None:
    """Return the generation of an exports folder if it is what readers find."""
    try:
        generation = read_generation(home, folder / GENERATION_FILE)
    except CytomartError:
        return None
    if generation is None or not home.published_path.exists():
        return None
    return generation if file_sha256(home.published_path) == generation.sha256 else None


def _belongs_to_living(spill: Path) -> bool:
    """Return whether a folder of a sandbox or preview (`sql-<pid>-…`) is still in use."""
    parts = spill.name.split("-")
    if parts[0] not in ("sql", "preview") or len(parts) < 3 or not parts[1].isdigit():
        return False
    try:
        os.kill(int(parts[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
