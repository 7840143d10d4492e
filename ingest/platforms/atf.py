"""The Axon Text File frame that GenePix Results and Array Lists share.

Line 1 `ATF` and a version; line 2 the number of header records and of columns; the records;
one line of titles; rows. Nothing here knows what the columns mean.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile

MAX_HEADER_RECORDS = 1000
MAX_COLUMNS = 2000
MAX_RECORD = 100_000


@dataclass(frozen=True)
class HeaderRecord:
    """One `key=value` record; several channels' values stay tab-separated in the text."""

    number: int
    key: str
    text: str


@dataclass(frozen=True)
class AtfFrame:
    """A file's header and titles, and where its rows begin.

    Parameters
    ----------
    version : str
        As line 1 states it.
    n_declared_columns : int
        As line 2 states it; files exist where it is not the number of titles.
    records : tuple of HeaderRecord
    titles : tuple of str
        Without padding at the end.
    delimiter : str
        Tab or comma.
    title_line : int
        Line of the titles, from 1.
    body : str
        The text below the titles.
    """

    version: str
    n_declared_columns: int
    records: tuple[HeaderRecord, ...]
    titles: tuple[str, ...]
    delimiter: str
    title_line: int
    body: str

    def record(self, key: str) -> str | None:
        """Return the text of the record with exactly this key, if there is one."""
        return next((r.text for r in self.records if r.key.lower() == key.lower()), None)


def looks_like_atf(text: str) -> bool:
    """Return whether the first line is an ATF signature."""
    return re.match(r'\s*"?ATF"?\s*[\t, ]', text[:64]) is not None


def read_frame(source: SourceFile) -> AtfFrame:
    """Return the frame of an ATF file.

    Raises
    ------
    RefusedError
        No ATF signature, counts that are not numbers, or a header that never ends.
    """
    if not looks_like_atf(source.text):
        raise RefusedError([_bad(source, 1, "the file does not begin with `ATF`",
                                 "an Axon Text File (GenePix)")])  # fmt: skip
    lines = _Lines(source.text)
    version = _fields(lines.next())[1]
    counts = [f for f in _fields(lines.next()) if f]
    if len(counts) < 2 or not all(c.isdecimal() for c in counts[:2]):
        raise RefusedError([_bad(source, 2, f"the second line reads {counts}",
                                 "two whole numbers: header records and columns")])  # fmt: skip
    n_records, n_columns = int(counts[0]), int(counts[1])
    if n_records > MAX_HEADER_RECORDS or n_columns > MAX_COLUMNS:
        raise RefusedError([_bad(source, 2, f"{n_records} header records, {n_columns} columns",
                                 f"at most {MAX_HEADER_RECORDS} and {MAX_COLUMNS}")])  # fmt: skip
    records = tuple(
        HeaderRecord(number, *split_record(lines.next_quoted()))
        for number in range(1, n_records + 1)
    )
    title_line = lines.number + 1
    titles_text = lines.next()
    if not titles_text.strip():
        raise RefusedError([_bad(source, title_line, "the file ends before its column titles",
                                 f"column titles after {n_records} header records",
                                 rule_id="truncated")])  # fmt: skip
    delimiter = "\t" if "\t" in titles_text else ","
    titles = [t.strip() for t in next(csv.reader([titles_text], delimiter=delimiter))]
    while titles and not titles[-1]:
        titles.pop()
    return AtfFrame(version, n_columns, records, tuple(titles), delimiter, title_line, lines.rest())


def count_rows(source: SourceFile) -> int:
    """Return how many rows a file has that nobody reads: under its titles where it is ATF.

    A file without a whole frame has its lines after the first.
    """
    try:
        rows = read_frame(source).body if looks_like_atf(source.text) else None
    except RefusedError:
        rows = None
    if rows is None:
        rows = source.text.partition("\n")[2]
    rows = rows.rstrip("\n")
    return rows.count("\n") + 1 if rows else 0


def title_faults(
    source: SourceFile, frame: AtfFrame, required: list[str], hint: str
) -> list[Fault]:
    """Return the faults of a title row: missing, doubled or empty titles."""
    where = f"{source.name}, line {frame.title_line}"
    faults = []
    if missing := [t for t in required if t not in frame.titles]:
        faults.append(
            fault("missing_column", f"the titles {missing} are missing; found {_some(frame)}",
                  where=where, allowed=f"{hint}: {', '.join(required)}",
                  remedy="export the file again with these columns; line 2 must count the header",
                  record=f"missing titles {missing}", line=frame.title_line)
        )  # fmt: skip
    if doubled := sorted({t for t in frame.titles if t and frame.titles.count(t) > 1}):
        faults.append(
            fault("duplicate_column", f"the titles {doubled} stand more than once", where=where,
                  allowed="every title once", remedy="export the file again",
                  record=f"doubled titles {doubled}", line=frame.title_line)
        )  # fmt: skip
    if empty := [i + 1 for i, t in enumerate(frame.titles) if not t]:
        faults.append(
            fault("missing_column", f"the columns {empty} have no title", where=where,
                  allowed="a title over every column", remedy="export the file again",
                  record=f"columns {empty} have no title", line=frame.title_line)
        )  # fmt: skip
    return faults


def is_open_record(line: str) -> bool:
    """Return whether a header record opens with a quote that a later line must close."""
    text = line.rstrip("\t, ")
    return text.startswith('"') and (len(text) < 2 or not text.endswith('"'))


def split_record(line: str) -> tuple[str, str]:
    """Return key and text of a header record."""
    text = line.rstrip("\t, ")
    if len(text) >= 2 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1].replace('""', '"')
    key, _, value = text.partition("=")
    return key.strip(), value.strip()


class _Lines:
    """Steps through a text line by line, and can hand back the rest as it stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.number = 0

    def next(self) -> str:
        end = self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end
        line = self._text[self._at : end]
        self._at = min(end + 1, len(self._text))
        self.number += 1
        return line

    def next_quoted(self) -> str:
        """Return the next line; one that opens with a quote runs on until a line closes it."""
        line = self.next()
        while is_open_record(line) and self._at < len(self._text) and len(line) < MAX_RECORD:
            line = f"{line}\n{self.next()}"
        return line

    def rest(self) -> str:
        return self._text[self._at :]


def _fields(line: str) -> list[str]:
    parts = [p.strip().strip('"').strip() for p in re.split(r"[\t,]", line)]
    return [*parts, ""] if len(parts) < 2 else parts


def _some(frame: AtfFrame) -> str:
    shown = ", ".join(frame.titles[:12])
    return f"{len(frame.titles)} titles: {shown}{' …' if len(frame.titles) > 12 else ''}"


def _bad(
    source: SourceFile, line: int, given: str, allowed: str, rule_id: str = "unreadable"
) -> Fault:
    return fault(
        rule_id,
        given,
        where=f"{source.name}, line {line}",
        allowed=allowed,
        remedy="export the file again from GenePix",
        record=given,
        line=line,
    )
