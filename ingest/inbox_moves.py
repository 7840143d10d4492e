"""After a load: finished files go to done/, refused ones to refused/ with a text beside.

The load is committed before anything moves. A death in between loses nothing: the next run finds
the files loaded already, or refused for the same reasons, and moves them to the same places.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from contracts.quality import FILE_LOADS
from ingest import standing
from ingest.at_rest import stamp_of
from ingest.inbox import DONE, REFUSED_HERE, Dropped, Inbox
from ingest.load_report import LOADED, REFUSED, UNCHANGED, FileReport, LoadReport
from store.durable import fsync_path, remove_leftovers, temporary_sibling
from store.fault_points import fault_point
from store.kept import CURRENT_ONLY


@dataclass(frozen=True)
class Moved:
    """A file that left the drop folder: its name there, its place now, and why it went."""

    name: str
    place: Path
    status: str


def move_settled(con: DuckDBPyConnection, inbox: Inbox, report: LoadReport) -> list[Moved]:
    """Move every file that a load settled; what waits stays, and so does what changed meanwhile."""
    fault_point("inbox_loaded")
    loads = _loads(con, report.study_id)
    moved = []
    for file, dropped in _settled(inbox, report):
        load_id = loads.get((file.role, file.slide_id, file.sha256, _kind(file)), report.load_id)
        inside = dropped.path.parent.relative_to(inbox.folder)
        where = inbox.folder / (DONE if _kind(file) == LOADED else REFUSED_HERE) / load_id / inside
        where.mkdir(parents=True, exist_ok=True)
        remove_leftovers(where)
        target = _free(where / dropped.path.name)
        if file.status == REFUSED:
            _write_text(target, dropped, file, f"Study {report.study_id}, load {load_id}")
            fault_point("inbox_text_written")
        if _move(dropped, target):
            moved.append(Moved(dropped.path.relative_to(inbox.folder).as_posix(), target,
                               file.status))  # fmt: skip
            fault_point("inbox_moved")
    return moved


def _kind(file: FileReport) -> str:
    return REFUSED if file.status == REFUSED else LOADED


def _settled(inbox: Inbox, report: LoadReport) -> Iterator[tuple[FileReport, Dropped]]:
    """Return the files of the drop folder whose fate is decided, each once."""
    seen: set[Path] = set()
    for file in report.files:
        if file.role in CURRENT_ONLY or file.status not in (LOADED, UNCHANGED, REFUSED):
            continue
        for dropped in _of(inbox, file):
            # A file that grew while it was read is refused for that alone: it is not finished.
            if dropped.path not in seen and "unstable" not in file.rules:
                seen.add(dropped.path)
                yield file, dropped


def _of(inbox: Inbox, file: FileReport) -> list[Dropped]:
    """Return what a report speaks of: one file, or several that claim one role."""
    if file.role == "slide":
        return inbox.named(file.file_name)
    top = set(inbox.on_top)
    return [
        d for d in inbox.ready
        if d.path in top
        and (d.path.name == file.file_name
             or (file.file_name == file.role and d.path.stem.lower() == file.role))
    ]  # fmt: skip


def _loads(con: DuckDBPyConnection, study_id: str) -> dict[tuple[str, str | None, str, str], str]:
    """Return which load settled a file's bytes last: a repeated run moves to the same place."""
    rows = sorted(standing.of_study(con, FILE_LOADS, study_id), key=lambda r: r["loaded_at"])
    return {(r["role"], r["slide_id"], r["file_sha256"], r["status"]): r["load_id"] for r in rows}


def _write_text(target: Path, dropped: Dropped, file: FileReport, title: str) -> None:
    """Write beside a refused file what is wrong with it; readable by whoever reads the file."""
    problems = "\n".join(f"{n}. {p}" for n, p in enumerate(file.problems, 1))
    text = (
        f"REFUSED: {dropped.path.name}\n"
        f"{title}\n\n{problems}\n\n"
        "Nothing of this file is in the warehouse.\n"
        "Do: mend the file and put it into the drop folder again; the next run reads it.\n"
    )
    beside = target.with_name(target.name + ".txt")
    temporary = temporary_sibling(beside)
    temporary.write_text(text, encoding="utf-8")
    if not dropped.path.is_symlink():
        temporary.chmod(dropped.path.stat().st_mode & 0o666)
    temporary.replace(beside)


def _free(target: Path) -> Path:
    """Return a name that nothing has yet: what lies there is never written over."""
    number, free = 2, target
    while os.path.lexists(free):
        free = target.with_name(f"{target.stem} ({number}){target.suffix}")
        number += 1
    return free


def _move(dropped: Dropped, target: Path) -> bool:
    """Move a file unless another one took its place meanwhile; return whether it went."""
    if stamp_of(dropped.path) != dropped.stamp:
        return False
    try:
        dropped.path.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_over(dropped.path, target)
    if stamp_of(target) == dropped.stamp:
        return True
    target.rename(_free(dropped.path))
    return False


def _copy_over(path: Path, target: Path) -> None:
    """Move a file to another file system: whole and on the disk there before it goes here."""
    temporary = temporary_sibling(target)
    shutil.copy2(path, temporary, follow_symlinks=False)
    if not temporary.is_symlink():
        fsync_path(temporary)
    temporary.rename(target)
    fsync_path(target.parent)
    path.unlink()
