"""Many originals in one file: a ZIP of stored members, each named by the SHA-256 of its bytes.

Any unzip tool opens it. Nothing in it is left to choice (no dates, no compression), so that a
check can write it again from its members and compare every byte.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from struct import Struct
from types import MappingProxyType
from typing import IO, NamedTuple
from zlib import crc32

from store.durable import fsync

PACK_NAME = re.compile(r"pack-[0-9a-f]{64}\.zip")
_BUFFER_BYTES = 1024 * 1024
#: A ZIP without the extension for large files counts members in 16 and bytes in 32 bits.
_MAX_MEMBERS, _FULL_BYTES = 65_535, 1 << 30

_HEADER, _ENTRY, _END = Struct("<4s5H3I2H64s"), Struct("<4s6H3I5H2I64s"), Struct("<4s4H2IH")
_NEEDS, _MADE_BY = 10, 3 << 8 | 20  # version 1.0 of the format reads it; made on Unix
_STORED, _FIRST_DAY = 0, 0x0021  # 1980-01-01, the format's zero
_READ_ONLY = 0o100400 << 16
_NAME = 64


class DamagedPackError(Exception):
    """A file is no pack, or not a whole one."""


class Member(NamedTuple):
    """Where an original's header begins in a pack, its size, and its CRC-32."""

    offset: int
    n_bytes: int
    crc: int

    @property
    def end(self) -> int:
        """Where the next header begins."""
        return self.offset + _HEADER.size + self.n_bytes


@dataclass(frozen=True)
class Pack:
    """A pack that is being written under a temporary name."""

    path: Path
    stream: IO[bytes]
    members: dict[str, Member]

    @classmethod
    def begin(cls, path: Path) -> Pack:
        """Create the file; only what is added here is ever written to it."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        return cls(path, os.fdopen(descriptor, "wb", _BUFFER_BYTES), {})

    @property
    def is_full(self) -> bool:
        """Return whether the next original needs another pack."""
        return len(self.members) >= _MAX_MEMBERS or _end(self.members) >= _FULL_BYTES

    def add(self, sha256: str, content: bytes | memoryview) -> None:
        """Write an original behind the others; the caller has hashed it."""
        if sha256 in self.members:
            return
        member = Member(_end(self.members), len(content), crc32(content))
        self.stream.write(_header(sha256, member))
        self.stream.write(content)
        self.members[sha256] = member

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Yield what was added."""
        self.stream.flush()
        for sha256, member in self.members.items():
            yield sha256, read(self.path, member)

    def seal(self) -> str:
        """Write the directory, force everything to the disk, return the name the pack must have."""
        self.stream.write(_directory(self.members))
        self.stream.flush()
        fsync(self.stream.fileno())
        return _name(self.members)


def members(path: Path) -> Mapping[str, Member]:
    """Return what a pack holds, by its directory; remembered for as long as the file is the same.

    Raises
    ------
    DamagedPackError
        The file is no pack, or not a whole one.
    """
    found = path.stat()
    return _remembered(str(path), found.st_ino, found.st_size, found.st_mtime_ns)


def read(path: Path, member: Member) -> bytes:
    """Return a member's bytes as they stand in the file."""
    with path.open("rb") as stream:
        stream.seek(member.offset + _HEADER.size)
        return stream.read(member.n_bytes)


def faults(path: Path) -> Iterator[tuple[str, str]]:
    """Read a pack whole; yield what is not as it was written: a member's SHA-256 or "", and what.

    Raises
    ------
    DamagedPackError
        The file is no pack, or not a whole one.
    """
    with path.open("rb") as stream:
        named = _read_directory(stream)
        stream.seek(0)
        true: dict[str, Member] = {}
        headers_differ = damaged = False
        for sha256, member in named.items():
            header, content = stream.read(_HEADER.size), stream.read(member.n_bytes)
            if hashlib.sha256(content).hexdigest() != sha256:
                damaged = True
                yield sha256, "its bytes are not those that were archived"
            true[sha256] = Member(_end(true), len(content), crc32(content))
            headers_differ |= header != _header(sha256, true[sha256])
        if not damaged and (headers_differ or stream.read() != _directory(true)):
            yield "", "its headers are not those that were written"
        elif not damaged and path.name != _name(true):
            yield "", "its name is not that of the originals in it"


@cache
def _remembered(path: str, _inode: int, _n_bytes: int, _mtime_ns: int) -> Mapping[str, Member]:
    with open(path, "rb") as stream:  # noqa: PTH123
        return MappingProxyType(_read_directory(stream))


def _read_directory(stream: IO[bytes]) -> dict[str, Member]:
    n_bytes = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, n_bytes - _END.size))
    end = stream.read()
    n_members = int.from_bytes(end[10:12], "little")
    begin = n_bytes - _END.size - n_members * _ENTRY.size
    if begin < 0 or end != _end_record(n_members, begin):
        raise DamagedPackError
    stream.seek(begin)
    entries = _ENTRY.iter_unpack(stream.read(n_members * _ENTRY.size))
    found = {e[-1].decode("ascii", "replace"): Member(e[16], e[8], e[7]) for e in entries}
    if len(found) != n_members or any(m.end > begin for m in found.values()):
        raise DamagedPackError
    return found


def _directory(named: dict[str, Member]) -> bytes:
    entries = [
        _ENTRY.pack(b"PK\1\2", _MADE_BY, _NEEDS, 0, _STORED, 0, _FIRST_DAY, crc, n_bytes, n_bytes,
                    _NAME, 0, 0, 0, 0, _READ_ONLY, offset, sha256.encode())
        for sha256, (offset, n_bytes, crc) in named.items()
    ]  # fmt: skip
    return b"".join([*entries, _end_record(len(named), _end(named))])


def _end_record(n_members: int, begin: int) -> bytes:
    size = n_members * _ENTRY.size
    return _END.pack(b"PK\5\6", 0, 0, n_members, n_members, size, begin, 0)


def _header(sha256: str, member: Member) -> bytes:
    return _HEADER.pack(
        b"PK\3\4", _NEEDS, 0, _STORED, 0, _FIRST_DAY, member.crc, member.n_bytes, member.n_bytes,
        _NAME, 0, sha256.encode(),
    )  # fmt: skip


def _end(named: dict[str, Member]) -> int:
    return named[next(reversed(named))].end if named else 0


def _name(names: Iterable[str]) -> str:
    return f"pack-{hashlib.sha256(''.join(names).encode()).hexdigest()}.zip"
