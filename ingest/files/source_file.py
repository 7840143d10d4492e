"""A file as it was delivered: bytes read once, hashed, decoded; the rest works on this copy."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from ingest.faults import Fault, RefusedError, fault
from ingest.files.encoding import EncodingError, decode

MAX_BYTES = 512 * 1024 * 1024
MAX_LINE_CHARACTERS = 1_000_000
SAVE_AS_UTF8 = "save it as UTF-8 with a byte order mark (in Excel: CSV UTF-8)"

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ARCHIVE_MAGIC = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
_PARQUET_MAGIC = b"PAR1"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class SourceFile:
    """A delivered file, held in memory.

    Parameters
    ----------
    path : Path
        Where it lay.
    data : bytes
        Its bytes.
    sha256 : str
        Hash of the bytes.
    text : str
        Decoded text with LF line ends; empty for a workbook or a Parquet file.
    encoding, line_end : str
        As found: `utf-8`, `utf-16-le`, `cp1252` …; `LF`, `CRLF`, `CR`, `mixed`, `none`.
    """

    path: Path
    data: bytes
    sha256: str
    text: str
    encoding: str
    line_end: str
    mtime_ns: int

    @property
    def name(self) -> str:
        """Name of the file without its folder."""
        return self.path.name

    @property
    def stem(self) -> str:
        """Name of the file without folder and ending."""
        return self.path.stem

    @classmethod
    def from_path(cls, path: Path, *, max_bytes: int = MAX_BYTES) -> SourceFile:
        """Read a file whole, once.

        Raises
        ------
        RefusedError
            Link, device, folder or archive; too large; changed while it was read; empty;
            unknown encoding; NUL or control characters; endless lines.
        """
        data, mtime_ns = _read_stable(path, max_bytes)
        return cls.from_bytes(path, data, mtime_ns)

    @classmethod
    def from_bytes(cls, path: Path, data: bytes, mtime_ns: int = 0) -> SourceFile:
        """Return the file that these bytes are; `path` only names it."""
        if not data:
            raise RefusedError([_unreadable(path, "the file is empty", "deliver it again")])
        sha256 = hashlib.sha256(data).hexdigest()
        if path.suffix.lower() == ".xlsx" and data.startswith(b"PK\x03\x04"):
            return cls(path, data, sha256, "", "xlsx", "none", mtime_ns)
        if path.suffix.lower() == ".parquet" and data.startswith(_PARQUET_MAGIC):
            return cls(path, data, sha256, "", "parquet", "none", mtime_ns)
        _refuse_binary(path, data)
        try:
            decoded = decode(data)
        except UnicodeError as error:
            known = isinstance(error, EncodingError)
            given = str(error) if known else "the characters are in no known encoding"
            raise RefusedError([_unreadable(path, given, SAVE_AS_UTF8)]) from error
        faults = _control_faults(path, decoded.text)
        if faults:
            raise RefusedError(faults)
        return cls(path, data, sha256, decoded.text, decoded.encoding, decoded.line_end, mtime_ns)

    def is_unchanged(self) -> bool:
        """Return whether the file on disk still has the size and time it was read with."""
        try:
            now = os.lstat(self.path)
        except OSError:
            return False
        return now.st_size == len(self.data) and now.st_mtime_ns == self.mtime_ns


def has_control_characters(text: str) -> bool:
    """Return whether a text holds characters that no table and no scanner file may hold."""
    return _CONTROL.search(text) is not None


def refuse_outside(folder: Path, path: Path) -> None:
    """Refuse a path that leaves the study folder or passes through a link."""
    inside = Path(os.path.normpath(path))
    root = Path(os.path.normpath(folder))
    if not inside.is_relative_to(root):
        raise RefusedError([_unreadable(path, "the path leaves the study folder",
                                        "copy the file into the study folder")])  # fmt: skip
    for part in [inside, *inside.parents]:
        if part == root:
            return
        if part.is_symlink():
            raise RefusedError([_unreadable(path, "a link stands in the path",
                                            "copy the file itself")])  # fmt: skip


def _read_stable(path: Path, max_bytes: int) -> tuple[bytes, int]:
    try:
        found = os.lstat(path)
    except OSError as error:
        reason = error.strerror or "cannot be opened"
        raise RefusedError([_unreadable(path, reason, "see that the file exists")]) from error
    if not stat.S_ISREG(found.st_mode):
        kind = "a link" if stat.S_ISLNK(found.st_mode) else "a folder or a device"
        raise RefusedError([_unreadable(path, f"{kind} is not a file", "copy the file itself")])
    if found.st_size > max_bytes:
        given = f"{found.st_size:,} bytes are more than the limit of {max_bytes:,}"
        raise RefusedError([_unreadable(path, given, "split or shorten the file", "oversize")])
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as stream:
            data = stream.read(max_bytes + 1)
            after = os.fstat(stream.fileno())
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise RefusedError([_unreadable(path, reason, "see that you may read it")]) from error
    if (after.st_size, after.st_mtime_ns) != (found.st_size, found.st_mtime_ns) or len(
        data
    ) != found.st_size:
        given = "the file is still being written"
        raise RefusedError([_unreadable(path, given, "load again when it is complete", "unstable")])
    return data, found.st_mtime_ns


def _refuse_binary(path: Path, data: bytes) -> None:
    if data.startswith(_ARCHIVE_MAGIC):
        raise RefusedError([_unreadable(path, "an archive file is not read",
                                        "unpack it and deliver its files", "archive")])  # fmt: skip
    if data.startswith(_OLE_MAGIC):
        raise RefusedError([_unreadable(path, "an old Excel workbook (.xls) is not read",
                                        "save it as .xlsx or .csv")])  # fmt: skip


def _control_faults(path: Path, text: str) -> list[Fault]:
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        code = ord(found.group())
        what = "a NUL character" if code == 0 else f"a control character (code {code})"
        return [
            fault("control_character", f"{what} in the text", where=f"{path.name}, line {line}",
                  allowed="printable text, tabs and line ends",
                  remedy="export the file again from the program that made it",
                  record=f"{what} in line {line}", line=line)
        ]  # fmt: skip
    start = 0
    while len(text) - start > MAX_LINE_CHARACTERS:
        end = text.find("\n", start)
        if end < 0 or end - start > MAX_LINE_CHARACTERS:
            line = text.count("\n", 0, start) + 1
            return [
                fault("long_line", f"the line has more than {MAX_LINE_CHARACTERS:,} characters",
                      where=f"{path.name}, line {line}", remedy="export the file again",
                      record=f"line {line} is too long", line=line)
            ]  # fmt: skip
        start = end + 1
    return []


def _unreadable(path: Path, given: str, remedy: str, rule_id: str = "unreadable") -> Fault:
    return fault(rule_id, given, where=path.name, remedy=remedy, record=given)
