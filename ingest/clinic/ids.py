"""Ids of a table: there, bare, in one spelling, and only once."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from ingest.faults import Fault, listed
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow


def fold_id(text: str) -> str:
    """Return an id without blanks, case and width: what a person would take for the same."""
    if text.isascii():
        return "".join(text.split()).lower()
    folded = text
    # Taking a blank away can bring a letter and an accent together, so fold until it is stable.
    while (again := "".join(unicodedata.normalize("NFKC", folded).split()).casefold()) != folded:
        folded = again
    return folded


def id_faults(table: MappedTable, column: str, *, rows: Sequence[SheetRow]) -> list[Fault]:
    """Return faults for ids that are missing, padded, or differ only in blanks, case or width."""
    faults = []
    first_of: dict[str, SheetRow] = {}
    for row in rows:
        raw = table.raw(row, column)
        text = raw.strip()
        if not text:
            faults.append(
                table.fault("missing_id", row, column, f"`{column}` is blank",
                            record=f"{column} is blank", allowed="an id", remedy="fill the cell")
            )  # fmt: skip
            continue
        if raw != text:
            faults.append(
                table.fault("padded_id", row, column, f"`{raw}` has a blank before or after it",
                            record=f"{column} has a blank around it", allowed="the bare id",
                            remedy="remove the blank")
            )  # fmt: skip
        first_of.setdefault(text, row)
    spellings: dict[str, list[str]] = defaultdict(list)
    for text in first_of:
        spellings[fold_id(text)].append(text)
    for variants in spellings.values():
        if len(variants) > 1:
            cells = listed(f"`{v}` at {table.where(first_of[v], column)}" for v in variants)
            first = first_of[variants[0]]
            faults.append(
                table.fault("colliding_id", first, column,
                            f"ids differ only in blanks, case or width: {cells}",
                            record=f"{column}: ids differ only in blanks, case or width",
                            allowed="one spelling of one id", remedy="write them alike")
            )  # fmt: skip
    return faults


def duplicate_faults(table: MappedTable, columns: Sequence[str], rule_id: str) -> list[Fault]:
    """Return a fault for each key that stands in several rows, with all its cells."""
    keys = list(zip(*(table.texts(c) for c in columns), strict=True))
    if len(set(keys)) == len(keys):
        return []
    places: dict[tuple[str, ...], list[SheetRow]] = defaultdict(list)
    for row, key in zip(table.rows, keys, strict=True):
        if all(key):
            places[key].append(row)
    faults = []
    for key, rows in places.items():
        if len(rows) > 1:
            cells = listed(table.where(r, columns[0]) for r in rows)
            name = " and ".join(columns)
            faults.append(
                table.fault(rule_id, rows[1], columns[0],
                            f"{name} `{' · '.join(key)}` stands {len(rows)} times: {cells}",
                            record=f"{name} stands {len(rows)} times: "
                            f"lines {listed(r.line for r in rows)}",
                            allowed="every one once", remedy="correct or remove the doubled rows")
            )  # fmt: skip
    return faults
