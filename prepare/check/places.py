"""Where a problem stands, taken apart from its address: file, sheet, cell or line.

Addresses are written by `ingest.files.tables.Sheet.where` and by the readers; a test takes each
form apart again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CELL = re.compile(r"\(?\bcell ([A-Z]{1,3}[1-9]\d*)\)?$")
_ROW = re.compile(r", row (\d+)$")
_LINE = re.compile(r", line (\d+)(?=,|$)")
_SHEET = re.compile(r", sheet (.*?)(?=, (?:row \d+$|column |cell )|$)", re.S)


@dataclass(frozen=True)
class Place:
    """A place in a file; `cell` is a cell as a spreadsheet counts (`C7`), or `line 12`."""

    file_name: str
    sheet: str = ""
    cell: str = ""

    @property
    def is_cell(self) -> bool:
        """Return whether it is a spreadsheet's cell."""
        return bool(self.cell) and not self.cell.startswith("line")


def place_of(where: str, file_name: str) -> Place:
    """Return the place that an address names; `file_name` where it does not begin with a file."""
    name, rest = _split(where, file_name)
    sheet = _SHEET.search(rest)
    if found := _CELL.search(rest):
        cell = found.group(1)
    elif found := _ROW.search(rest):
        cell = f"A{found.group(1)}"
    elif found := _LINE.search(rest):
        cell = f"line {found.group(1)}"
    else:
        cell = ""
    return Place(name, sheet.group(1) if sheet else "", cell)


def _split(where: str, file_name: str) -> tuple[str, str]:
    """Return the file that an address begins with, and the rest of the address."""
    for known in (file_name, f"arrays/{file_name}", "study.toml"):
        if known and (where == known or where.startswith(f"{known},")):
            return known, where[len(known) :]
    return file_name, f", {where}"
