"""Files must be at rest while they are loaded."""

from __future__ import annotations

from pathlib import Path

from contracts import CytomartError, Problem
from ingest.declared.study import Study
from ingest.delivery import Delivery
from ingest.loading import label

Stamp = tuple[int, int]
Stamps = tuple[tuple[Path, Stamp], ...]


class UnstableError(CytomartError):
    """Files changed while they were loaded; nothing was written."""


def stamps(delivery: Delivery, study: Study) -> Stamps:
    """Return size and time of every file of the delivery."""
    layouts = (delivery.folder / name for name in study.layouts.values())
    paths = (delivery.study_toml, *delivery.tables.values(), *layouts, *delivery.slides)
    return tuple((p, stamp) for p in paths if (stamp := stamp_of(p)) is not None)


def refuse_unstable(before: Stamps) -> None:
    """Refuse the whole load where a file changed while it was read.

    Raises
    ------
    UnstableError
        Naming the files; nothing is written.
    """
    problems = [
        Problem("the file changed while it was loaded", label(path), "a file at rest",
                "wait until it is complete, then load again; nothing was loaded")
        for path, stamp in before
        if stamp_of(path) != stamp
    ]  # fmt: skip
    if problems:
        raise UnstableError(problems, 1)


def stamp_of(path: Path) -> Stamp | None:
    """Return size and time of a file, or None where it is gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns)
