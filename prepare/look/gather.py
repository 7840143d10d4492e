"""Which of the given files are scans, which cannot be read, which are the same twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contracts import CytomartError, Problem, failure
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.platforms import (
    Reading,
    ValueReading,
    by_id,
    detect,
    spot_platform,
    value_platform,
)
from ingest.platforms.value_format import ValueFormat

SCAN_ENDING = ".gpr"
#: Files that other platforms' readers may know; in a folder they are tried, and left alone
#: where no reader knows them.
_VALUE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")


@dataclass(frozen=True)
class Scan:
    """One scanner file, read.

    Parameters
    ----------
    slide_id : str
        Name of the file without its ending; the folder in front where two are called alike.
    reading : Reading
        What the platform's reader gave.
    """

    slide_id: str
    path: Path
    sha256: str
    n_bytes: int
    encoding: str
    reading: Reading


@dataclass(frozen=True)
class Unread:
    """A file that no reader could read, with every problem it has."""

    file_name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Twin:
    """A file with the same bytes as another one, which is looked at in its stead."""

    file_name: str
    same_as: str


@dataclass(frozen=True)
class ValueFile:
    """A file of a platform without spots: named with what it holds, not drawn."""

    file_name: str
    platform_id: str
    label: str
    n_rows: int
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gathered:
    """Everything that was found at the given paths."""

    scans: tuple[Scan, ...]
    unread: tuple[Unread, ...] = ()
    twins: tuple[Twin, ...] = ()
    values: tuple[ValueFile, ...] = ()
    n_passed_over: int = 0


@dataclass
class _Found:
    scans: list[Scan] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    twins: list[Twin] = field(default_factory=list)
    values: list[ValueFile] = field(default_factory=list)
    n_passed_over: int = 0


def gather(
    paths: Sequence[Path], on_progress: Callable[[int, int], None] | None = None
) -> Gathered:
    """Read every scanner file at some paths; folders are walked.

    Raises
    ------
    CytomartError
        A path that does not exist, or no file that could be looked at.
    """
    files = list(_files(paths))
    found = _Found()
    seen: dict[str, str] = {}
    for number, (path, is_named) in enumerate(files):
        if on_progress:
            on_progress(number, len(files))
        _take(path, is_named, found, seen)
    if on_progress:
        on_progress(len(files), len(files))
    if not (found.scans or found.unread or found.values):
        raise failure(
            "no scanner file was found",
            where=", ".join(str(p) for p in paths),
            allowed="GenePix Results files (.gpr), or folders that hold some",
            remedy="give the path of the scans: cytomart look PATH",
        )
    return Gathered(
        tuple(_distinct(found.scans)),
        tuple(found.unread),
        tuple(found.twins),
        tuple(found.values),
        found.n_passed_over,
    )


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield each file once, with whether it was named itself."""
    seen: set[str] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise failure("there is no such file or folder", where=str(path),
                          allowed="scanner files, or folders that hold some",
                          remedy="correct the path")  # fmt: skip
        inside = sorted(_walk(path)) if path.is_dir() else [path]
        for file in inside:
            key = os.path.normpath(Path.cwd() / file)
            if key not in seen:
                seen.add(key)
                yield file, not path.is_dir()


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        yield from (Path(root) / n for n in names if not n.startswith((".", "~$")))


def _take(path: Path, is_named: bool, found: _Found, seen: dict[str, str]) -> None:
    """Put one file where it belongs."""
    is_scan = path.suffix.lower() == SCAN_ENDING
    if not (is_named or is_scan or path.suffix.lower() in _VALUE_ENDINGS):
        found.n_passed_over += 1
        return
    is_known = is_named or is_scan
    try:
        source = SourceFile.from_path(path)
        if source.sha256 in seen:
            found.twins.append(Twin(path.name, seen[source.sha256]))
            return
        reader = detect(source)
        if reader.is_general:
            raise _any_table(path)
        platform_id = reader.platform_id
        is_known = True  # a reader claims it: from here on it is broken, not foreign
        reading = _read(source, platform_id)
    except (RefusedError, CytomartError) as error:
        if is_known:
            found.unread.append(Unread(path.name, _problems(error)))
        else:
            found.n_passed_over += 1
        return
    seen[source.sha256] = path.name
    if isinstance(reading, Reading):
        found.scans.append(
            Scan(source.stem, path, source.sha256, len(source.data), source.encoding, reading)
        )
    else:
        found.values.append(_value_file(path, platform_id, reading))


def _any_table(path: Path) -> CytomartError:
    return failure(
        "a table says nothing by itself of what its columns are",
        where=path.name,
        allowed="scans, Luminex exports, Olink NPX files",
        remedy="put it into a study folder whose study.toml says so ([table], see "
        "docs/study-folder.md), then: cytomart check FOLDER",
    )


def _read(source: SourceFile, platform_id: str) -> Reading | ValueReading:
    if spots := spot_platform(platform_id):
        return spots.read(source)
    values = value_platform(platform_id)
    assert values is not None
    return values.read_values(source, ValueFormat())


def _problems(error: RefusedError | CytomartError) -> tuple[Problem, ...]:
    if isinstance(error, RefusedError):
        return tuple(f.problem for f in error.faults)
    return tuple(error.problems)


def _value_file(path: Path, platform_id: str, reading: ValueReading) -> ValueFile:
    platform = by_id(platform_id)
    counts = (f"{len(reading.labels)} samples or controls", f"{len(reading.targets)} targets")
    return ValueFile(path.name, platform_id, platform.label if platform else "",
                     reading.n_rows_in, counts)  # fmt: skip


def _distinct(scans: list[Scan]) -> Iterator[Scan]:
    """Yield the scans, those of one name told apart by their folder or a number."""
    names: dict[str, int] = {}
    for scan in scans:
        n = names.get(scan.slide_id, 0)
        names[scan.slide_id] = n + 1
        if n == 0:
            yield scan
            continue
        yield Scan(f"{scan.slide_id} ({n + 1})", scan.path, scan.sha256, scan.n_bytes,
                   scan.encoding, scan.reading)  # fmt: skip
