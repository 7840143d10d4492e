"""The header of a sound GenePix file, read from its first bytes; files of a kind share the work.

Whatever is out of the ordinary gets no verdict here (None): the careful way reads it and says
what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ingest.faults import RefusedError
from ingest.files.encoding import decode
from ingest.files.source_file import MAX_LINE_CHARACTERS, SourceFile, has_control_characters
from ingest.platforms.atf import MAX_HEADER_RECORDS, is_open_record, read_frame, split_record
from ingest.platforms.genepix import frame_notes, is_genepix_type, title_row_faults
from ingest.platforms.genepix_columns import Titles, sort_titles

#: More than the header of any file seen so far; longer ones are read in a second step.
_USUAL_HEADER = 16 * 1024
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


class _Seen(NamedTuple):
    """A header line of plain ASCII, and the record that it is, unless a quote stays open."""

    text: str
    is_crlf: bool
    record: tuple[str, str] | None


#: Lines seen in this process: slides of a study share nearly all of theirs.
_SEEN: dict[bytes, _Seen] = {}
_MAX_SEEN = 20_000
#: First and second line, titles, records, encoding, line end.
_Text = tuple[str, str, str, tuple[tuple[str, str], ...], str, str]


@dataclass(frozen=True)
class Header:
    """The header of one file.

    Parameters
    ----------
    records : tuple of (str, str)
        Key and text of each.
    n_bytes : int
        Where the rows begin.
    file_version : str
        Format and version that the file declares, as `GenePix.read` states it.
    """

    shape: Shape
    records: tuple[tuple[str, str], ...]
    encoding: str
    n_bytes: int
    file_version: str


def read_header(data: bytearray, n_bytes: int) -> Header | None:
    """Return the header of the file that fills the first `n_bytes` of a buffer, if it is sound."""
    if not data.startswith(_STARTS):
        return None
    lines = _header_lines(data, n_bytes)
    if lines is None:
        return None
    end = sum(map(len, lines)) + len(lines)
    if end > MAX_LINE_CHARACTERS:
        return None
    found = _read_plain(lines) or _read_encoded(bytes(memoryview(data)[:end]))
    if found is None:
        return None
    first, second, titles, records, encoding, line_end = found
    shape = _shape(first, second, titles, len(records), line_end)
    if shape is None:
        return None
    kind = next((text for key, text in records if key.lower() == "type"), None)
    if not is_genepix_type(kind):
        return None
    return Header(shape, records, encoding, end, kind or f"ATF {shape.atf_version}")


def _header_lines(data: bytearray, n_bytes: int) -> list[bytes] | None:
    """Return the lines of the header without their line feeds, as many as line 2 says."""
    first, _, rest = bytes(memoryview(data)[: min(n_bytes, _USUAL_HEADER)]).partition(b"\n")
    count = rest.split(b"\t", 1)[0].strip().strip(b'"')
    if not count.isdigit() or int(count) > MAX_HEADER_RECORDS:
        return None
    n_lines = int(count) + 2
    lines = rest.split(b"\n", n_lines)
    if len(lines) <= n_lines and n_bytes > _USUAL_HEADER:
        lines = bytes(memoryview(data)[len(first) + 1 : n_bytes]).split(b"\n", n_lines)
    return [first, *lines[:-1]] if len(lines) == n_lines + 1 else None


def _read_plain(lines: list[bytes]) -> _Text | None:
    """Read lines of plain ASCII with one kind of line end; most stand in many files."""
    try:
        seen = [_SEEN[line] for line in lines]
    except KeyError:
        if not _see(lines):
            return None
        seen = [_SEEN[line] for line in lines]
    is_crlf = seen[0].is_crlf
    records = tuple([s.record for s in seen[2:-1] if s.record])
    if len(records) < len(lines) - 3 or [s.is_crlf for s in seen].count(is_crlf) < len(seen):
        return None
    line_end = "CRLF" if is_crlf else "LF"
    return seen[0].text, seen[1].text, seen[-1].text, records, "utf-8", line_end


def _see(lines: list[bytes]) -> bool:
    """Take lines in; return whether all of them are plain."""
    if len(_SEEN) > _MAX_SEEN:
        _SEEN.clear()
    for line in set(lines) - _SEEN.keys():
        text = line.removesuffix(b"\r").decode("latin-1")
        if not line.isascii() or has_control_characters(text) or "\r" in text:
            return False
        record = None if is_open_record(text) else split_record(text)
        _SEEN[line] = _Seen(text, line.endswith(b"\r"), record)
    return True


def _read_encoded(head: bytes) -> _Text | None:
    """Read a header of whatever encoding."""
    try:
        decoded = decode(head)
    except UnicodeError:
        return None
    if decoded.line_end not in ("LF", "CRLF") or has_control_characters(decoded.text):
        return None
    lines = decoded.text.split("\n")[:-1]
    if any(map(is_open_record, lines[2:-1])):
        return None
    records = tuple(map(split_record, lines[2:-1]))
    return lines[0], lines[1], lines[-1], records, decoded.encoding, decoded.line_end


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
