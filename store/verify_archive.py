"""Is every original still in the archive, byte for byte?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from store import kept, packs
from store.durable import TEMPORARY_PREFIX
from store.exports import file_sha256
from store.finding import WARNING, Finding
from store.home import Home
from store.ledger_chain import Entry

#: So many missing originals are named; the others are counted.
_NAMED = 20


def check_archive(home: Home, events: list[Entry], loaded: Iterable[str]) -> Iterator[Finding]:
    """Yield what is not as it was archived.

    Parameters
    ----------
    loaded : iterable of str
        SHA-256 of every file that the warehouse holds rows of; its original must be there.
    """
    present = set()
    for path in _files(home.archive_dir):
        if path == home.packs_dir:
            continue
        present.add(path.name)
        yield from _strange(home, path) or _check_plain(home, path)
    wanted = kept.packed(events)
    for path in _files(home.packs_dir):
        wanted.pop(path.name, None)
        yield from _strange(home, path) or _check_pack(home, path, present)
    for name, n_originals in sorted(wanted.items()):
        yield Finding("archive", _where(home, home.packs_dir / name),
                      f"is missing, with {n_originals:,} originals")  # fmt: skip
    missing = sorted(set(loaded) - present - kept.redacted(events))
    for sha256 in missing[:_NAMED]:
        yield Finding("archive", _where(home, home.archive_dir / sha256), "is missing")
    if missing[_NAMED:]:
        text = f"{len(missing) - _NAMED:,} more originals of loaded files are missing"
        yield Finding("archive", _where(home, home.archive_dir), text)


def _files(directory: Path) -> list[Path]:
    is_there = directory.is_dir() and not directory.is_symlink()
    return sorted(directory.iterdir()) if is_there else []


def _where(home: Home, path: Path) -> str:
    return path.relative_to(home.root).as_posix()


def _strange(home: Home, path: Path) -> list[Finding]:
    if path.name.startswith(TEMPORARY_PREFIX):
        text = "is the rest of an interrupted load"
        return [Finding("archive", _where(home, path), text, WARNING)]
    if path.is_symlink() or not path.is_file():
        return [Finding("archive", _where(home, path), "is not an ordinary file")]
    return []


def _check_plain(home: Home, path: Path) -> Iterator[Finding]:
    if file_sha256(path) != path.name:
        text = "its bytes are not those that were archived"
        yield Finding("archive", _where(home, path), text)


def _check_pack(home: Home, path: Path, present: set[str]) -> Iterator[Finding]:
    """Check a pack, and add its originals to those that are present."""
    where = _where(home, path)
    if not packs.PACK_NAME.fullmatch(path.name):
        yield Finding("archive", where, "is no pack of originals")
        return
    try:
        for sha256, text in packs.faults(path):
            yield Finding("archive", f"{where} {sha256}".rstrip(), text)
        present |= packs.members(path).keys()
    except packs.DamagedPackError:
        text = "is not whole: it was cut off or changed, or never was a pack of originals"
        yield Finding("archive", where, text)
