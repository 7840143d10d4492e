"""Which character divides the cells of a text table? Found from titles and rows, and reported."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from ingest.faults import RefusedError, fault, listed
from ingest.files.source_file import SourceFile

NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE_CHARACTERS = 200_000
_SAMPLE_ROWS = 100
_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


@dataclass(frozen=True)
class Delimiter:
    """The character, and how many lines at the top only declare it (Excel's `sep=;`)."""

    character: str
    n_lines: int = 0

    @property
    def note(self) -> str:
        """Return what to tell of it; empty for the usual comma."""
        if self.character == ",":
            return ""
        return f"cells are divided by {NAMES.get(self.character, repr(self.character))}"


def find_delimiter(source: SourceFile) -> Delimiter:
    """Return what divides the cells: the one that gives titles and rows the same width.

    A first line `sep=;` decides. Otherwise each candidate divides the first rows, quotes obeyed;
    the one under which most rows are as wide as the titles wins, then the wider one.

    Raises
    ------
    RefusedError
        Two candidates divide the table equally well into different cells.
    """
    declared = _SEP_LINE.fullmatch(source.text.partition("\n")[0])
    if declared:
        return Delimiter(declared.group(1), 1)
    head = _head(source.text)
    scores = {d: score for d in NAMES if (score := _score(head, d))}
    if source.path.suffix.lower() == ".tsv" and ("\t" in scores or not scores):
        return Delimiter("\t")
    if not scores:
        return Delimiter(",")
    best = max(scores.values())
    winners = [d for d, score in scores.items() if score == best]
    if len(winners) > 1:
        names = " or ".join(NAMES[d] for d in winners)
        raise RefusedError([
            fault("delimiter", f"the cells could be divided by {names}",
                  where=f"{source.name}, line 1", allowed=listed(NAMES.values()),
                  remedy="quote cells that hold the other one, or write `sep=;` (with the right "
                  "character) as the first line", record=f"divided by {names}", line=1)
        ])  # fmt: skip
    return Delimiter(winners[0])


def _head(text: str) -> str:
    """Return the first rows, cut at a line end so that the last one is whole."""
    if len(text) <= _SAMPLE_CHARACTERS:
        return text
    return text[:_SAMPLE_CHARACTERS].rpartition("\n")[0] or text[:_SAMPLE_CHARACTERS]


def _score(head: str, delimiter: str) -> tuple[float, int] | None:
    """Return the share of rows as wide as the titles, and that width; None for one column."""
    rows = _rows(head, delimiter)
    if not rows or len(rows[0]) < 2:
        return None
    width = len(rows[0])
    others = rows[1:]
    share = sum(len(row) == width for row in others) / len(others) if others else 1.0
    return share, width


def _rows(head: str, delimiter: str) -> list[list[str]]:
    """Return the first rows; none where quotes do not stand around whole cells."""
    found: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(head), delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in row):
                found.append(row)
            if len(found) > _SAMPLE_ROWS:
                break
    except csv.Error:
        return found if len(head) > _SAMPLE_CHARACTERS // 2 else []
    return found
