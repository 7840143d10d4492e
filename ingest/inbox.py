"""A drop folder: what lies at rest in it, and what is still being written."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contracts import CytomartError, failure

Stamp = tuple[int, int]

#: Folders of the drop folder that finished and refused files move to.
DONE, REFUSED_HERE = "done", "refused"
#: Where scans may lie, beside the drop folder itself.
ARRAYS = "arrays"
#: What programs call a file that they have not finished writing.
_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp")
#: Notes of spreadsheet programs and file managers: nobody delivered them.
_NO_DELIVERY = (".", "~$")


@dataclass(frozen=True)
class Dropped:
    """A file in a drop folder: size and time of its content, and since when it lies there."""

    path: Path
    stamp: Stamp
    since: datetime


@dataclass(frozen=True)
class Inbox:
    """What lies in a drop folder.

    Parameters
    ----------
    ready : tuple of Dropped
        Files at rest, in order of their paths.
    growing : tuple of Dropped
        Files that are still being written.
    """

    folder: Path
    ready: tuple[Dropped, ...]
    growing: tuple[Dropped, ...] = ()

    def named(self, name: str) -> list[Dropped]:
        """Return the files at rest of a name."""
        return [d for d in self.ready if d.path.name == name]

    @property
    def on_top(self) -> list[Path]:
        """Files at rest that lie in the drop folder itself."""
        return [d.path for d in self.ready if d.path.parent == self.folder]


def refuse_unusable(folder: Path) -> None:
    """Make the two folders that files move to, and see that they can be written.

    Raises
    ------
    CytomartError
        There is no such folder, or files cannot be moved inside it.
    """
    if not folder.is_dir():
        raise failure("there is no such drop folder", where=str(folder),
                      allowed="an existing folder", remedy="make it, or give its path")  # fmt: skip
    try:
        for place in (folder / DONE, folder / REFUSED_HERE):
            place.mkdir(exist_ok=True)
            probe = place / f".cytomart-{os.getpid()}"
            probe.touch()
            probe.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error


def look_in(folder: Path, settle_s: float, pause: Callable[[float], None] = time.sleep) -> Inbox:
    """Return what lies in a drop folder; a file is at rest when nothing changed for a while.

    A file that was touched less than `settle_s` seconds ago (or, by a clock that runs ahead, in
    the future) is looked at twice, that long apart.
    """
    first = _files(folder)
    now = time.time()
    young = {d.path for d in first if not _is_old(d, now, settle_s)}
    if not young:
        again = first
    else:
        pause(settle_s)
        again = _files(folder)
    before = {d.path: d.stamp for d in first}
    growing = [d for d in again if before.get(d.path) != d.stamp or _is_unfinished(d.path)]
    return Inbox(folder, tuple(d for d in again if d not in growing), tuple(growing))


def as_it_is_now(inbox: Inbox) -> Inbox:
    """Return the files that still lie there as they were seen: another run may have moved some."""
    now = {d.path: d for d in _files(inbox.folder)}
    ready = tuple(d for d in inbox.ready if d.path in now and now[d.path].stamp == d.stamp)
    seen = {d.path for d in ready}
    return Inbox(inbox.folder, ready, tuple(d for p, d in now.items() if p not in seen))


def _is_old(dropped: Dropped, now: float, settle_s: float) -> bool:
    touched = max(dropped.stamp[1] / 1e9, dropped.since.timestamp())
    return now - touched >= settle_s


def _is_unfinished(path: Path) -> bool:
    return path.name.lower().endswith(_UNFINISHED)


def _files(folder: Path) -> list[Dropped]:
    try:
        found = [*folder.iterdir()]
        arrays = folder / ARRAYS
        found += [*arrays.iterdir()] if arrays.is_dir() else []
    except OSError as error:
        raise _unwritable(folder, error) from error
    return [d for p in sorted(found) if (d := _dropped(p)) is not None]


def _dropped(path: Path) -> Dropped | None:
    """Return a file (or a link, which is refused later); None for what nobody delivered."""
    if path.name.startswith(_NO_DELIVERY):
        return None
    try:
        found = path.lstat()
    except OSError:
        return None
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
        return None
    since = datetime.fromtimestamp(found.st_ctime, UTC)
    return Dropped(path, (found.st_size, found.st_mtime_ns), since)


def _unwritable(folder: Path, error: OSError) -> CytomartError:
    return failure(
        f"the drop folder cannot be used: {error.strerror or error}",
        where=str(error.filename or folder),
        allowed="a folder in which files may be read and moved",
        remedy="give whoever runs cytomart the right to write there",
    )
