"""The header of a sound GenePix file, read from its first bytes; files of a kind share the work.

Whatever is out of the ordinary gets no verdict here (None): the careful way reads it and says
what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.encoding import decode
from ingest.faults import RefusedError
from ingest.platforms.atf import MAX_HEADER_RECORDS, is_open_record, read_frame, split_record
from ingest.platforms.genepix import frame_notes, is_genepix_type, title_row_faults
from ingest.platforms.genepix_columns import Titles, sort_titles
from ingest.source_file import MAX_LINE_CHARACTERS, SourceFile, has_control_characters

_STARTS = (b"ATF\t", b'"ATF"\t', b"\xef\xbb\xbfATF\t")


@dataclass(frozen=True, eq=False)
class Shape:
    """What files of one kind have in common: everything that decides how their rows are read.

    One object per kind (see `_shape`), so that it can be a key.

    Parameters
    ----------
    titles : tuple of str
    sorted_titles : Titles
    first_line : int
        Line of the first row, from 1.
    line_end : str
        LF or CRLF.
    atf_version : str
    notes : tuple of str
    """

    titles: tuple[str, ...]
    sorted_titles: Titles
    first_line: int
    line_end: str
    atf_version: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """The header of one file: its shape, its records (key, text) and where its rows begin."""

    shape: Shape
    records: tuple[tuple[str, str], ...]
    encoding: str
    n_bytes: int

    @property
    def file_version(self) -> str:
        """Format and version that the file declares, as `GenePix.read` states it."""
        kind = next((text for key, text in self.records if key.lower() == "type"), "")
        return kind or f"ATF {self.shape.atf_version}"


def read_header(data: bytearray, n_bytes: int) -> Header | None:
    """Return the header of the file that fills the first `n_bytes` of a buffer, if it is sound."""
    if not data.startswith(_STARTS):
        return None
    end = _end_of_header(data, n_bytes)
    if end is None or end > MAX_LINE_CHARACTERS:
        return None
    head = bytes(memoryview(data)[:end])
    try:
        decoded = decode(head)
    except UnicodeError:
        return None
    if decoded.line_end not in ("LF", "CRLF") or has_control_characters(decoded.text):
        return None
    lines = decoded.text.split("\n")
    records = [_record(line) for line in lines[2:-2]]
    if None in records:
        return None
    shape = _shape(lines[0], lines[1], lines[-2], len(records), decoded.line_end)
    if shape is None:
        return None
    header = Header(shape, tuple(r for r in records if r), decoded.encoding, end)
    return header if _is_genepix(header) else None


def _end_of_header(data: bytearray, n_bytes: int) -> int | None:
    second = data.find(b"\n", 0, n_bytes) + 1
    at = data.find(b"\n", second, n_bytes) + 1
    count = data[second:at].split(b"\t")[0].strip().strip(b'"')
    if not second or not at or not count.isdigit() or int(count) > MAX_HEADER_RECORDS:
        return None
    for _ in range(int(count) + 1):
        at = data.find(b"\n", at, n_bytes) + 1
        if not at:
            return None
    return at


@lru_cache(maxsize=4096)
def _record(line: str) -> tuple[str, str] | None:
    return None if is_open_record(line) else split_record(line)


@lru_cache(maxsize=256)
def _shape(first: str, second: str, titles: str, n_records: int, line_end: str) -> Shape | None:
    """Return the shape of files with these lines, judged by the careful reader's own frame."""
    text = "\n".join([first, second, *["x=y"] * n_records, titles, ""])
    source = SourceFile.from_bytes(Path("header.gpr"), text.encode())
    try:
        frame = read_frame(source)
    except RefusedError:
        return None
    if frame.delimiter != "\t" or frame.body or title_row_faults(source, frame):
        return None
    return Shape(frame.titles, sort_titles(frame.titles), frame.title_line + 1, line_end,
                 frame.version, frame_notes(frame))  # fmt: skip


def _is_genepix(header: Header) -> bool:
    return is_genepix_type(next((t for k, t in header.records if k.lower() == "type"), None))
