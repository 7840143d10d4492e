"""Scanner files read a heap at a time: bytes hashed and archived, headers read, rows in one buffer.

Memory is bounded by the size of a heap. A file that is too large, or whose header is out of
the ordinary, is left to the careful way.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.loading import Loading
from ingest.platforms.genepix_header import Header, read_header
from ingest.platforms.shelf import Shelf, reusable
from store import archive

HEAP_BYTES = 48 * 1024 * 1024
MAX_FILE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Scan:
    """One file of a heap; its rows are `heap.body[begin:end]`."""

    path: Path
    slide_id: str
    sha256: str
    n_bytes: int
    header: Header
    begin: int
    end: int


@dataclass(frozen=True)
class Heap:
    """Files whose originals are in the archive, and their rows, one behind the other.

    Parameters
    ----------
    paths : tuple of Path
        Every file that was looked at for this heap, taken or not.
    shelf : Shelf
        Room for the numbers of the heap, until the next one is read.
    """

    paths: tuple[Path, ...]
    scans: tuple[Scan, ...]
    body: NDArray[np.uint8]
    shelf: Shelf

    def rows_of(self, scans: Sequence[Scan]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the rows of some files in one piece, and where each file's end."""
        sizes = np.array([s.end - s.begin for s in scans])
        if scans[-1].end - scans[0].begin == sizes.sum():
            piece = self.body[scans[0].begin : scans[-1].end]
        else:
            piece = np.concatenate([self.body[s.begin : s.end] for s in scans])
        return piece, np.cumsum(sizes)


def read_heaps(
    loading: Loading, paths: Sequence[Path], is_wanted: Callable[[Path, str], bool]
) -> Iterator[Heap]:
    """Yield the files heap by heap; a heap is gone when the next one is read.

    Parameters
    ----------
    is_wanted : callable
        Called with path and SHA-256; files that are not wanted are not archived.
    """
    scratch = bytearray(MAX_FILE_BYTES)
    room = reusable(HEAP_BYTES + MAX_FILE_BYTES)
    shelf = Shelf(2 * HEAP_BYTES)
    known = archive.names(loading.home)
    at = 0
    while at < len(paths):
        seen: list[Path] = []
        scans: list[Scan] = []
        filled = 0
        with archive.incoming(loading.home) as incoming:
            while at < len(paths) and filled < HEAP_BYTES:
                path = paths[at]
                at += 1
                seen.append(path)
                n_bytes = read_whole(path, scratch)
                if not n_bytes:
                    continue
                content = memoryview(scratch)[:n_bytes]
                sha256 = hashlib.sha256(content).hexdigest()
                if not is_wanted(path, sha256):
                    continue
                header = read_header(scratch, n_bytes)
                if header is None:
                    continue
                if not loading.is_check and sha256 not in known:
                    incoming.add(sha256, content)
                    known.add(sha256)
                end = filled + n_bytes - header.n_bytes
                room[filled:end] = content[header.n_bytes :]
                scans.append(Scan(path, path.stem, sha256, n_bytes, header, filled, end))
                filled = end
        body = np.frombuffer(room, np.uint8, count=filled)
        shelf.clear()
        yield Heap(tuple(seen), tuple(scans), body, shelf)


def read_whole(path: Path, scratch: bytearray) -> int:
    """Read an ordinary file into a buffer; return its size, 0 where it is anything else."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return 0
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size >= len(scratch):
            return 0
        n_bytes = os.readv(handle, [scratch])
        after = os.fstat(handle)
    except OSError:
        return 0
    finally:
        os.close(handle)
    is_stable = (after.st_size, after.st_mtime_ns) == (found.st_size, found.st_mtime_ns)
    return n_bytes if is_stable and n_bytes == found.st_size else 0
