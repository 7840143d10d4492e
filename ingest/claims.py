"""claims.csv: what a publication states about a study, a row a claim; every bad cell at once."""

from __future__ import annotations

from contracts.claim_rows import claim_faults
from contracts.claims import CLAIM_COLUMNS, OPTIONAL_CLAIM_COLUMNS
from ingest.faults import Fault, RefusedError, fault
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet

Rows = list[dict[str, object]]
REQUIRED = tuple(c for c in CLAIM_COLUMNS if c not in OPTIONAL_CLAIM_COLUMNS)


def read_claims(sheet: Sheet) -> Rows:
    """Return the claims by the columns of `raw.claims`, without study and file.

    Raises
    ------
    RefusedError
        Columns are missing or unknown, or with every bad cell.
    """
    table = map_table(sheet, "claims", {}, required=REQUIRED, optional=OPTIONAL_CLAIM_COLUMNS)
    rows: Rows = [
        {**{c: table.text(row, c) for c in CLAIM_COLUMNS}, "source_line": row.line}
        for row in table.rows
    ]
    faults = [*_unknown(table), *_of_cells(table, rows)]
    if faults:
        raise RefusedError(faults, n_rows_in=len(rows))
    return [
        {**row, "claim_order": int(str(row["claim_order"])), "severity": row["severity"] or "none"}
        for row in rows
    ]


def _unknown(table: MappedTable) -> list[Fault]:
    return [
        fault(
            "unknown_column", f"unknown column `{title}`", where=table.sheet.where(None, title),
            allowed=", ".join(CLAIM_COLUMNS), remedy="correct its title or remove it",
            record="unknown column",
        )
        for title in table.unmapped
    ]  # fmt: skip


def _of_cells(table: MappedTable, rows: Rows) -> list[Fault]:
    return [
        table.fault(
            "claim", table.rows[f.row], f.column, f.given, allowed=f.allowed, remedy=f.remedy,
            record=f"{f.column} of a claim cannot be read",
        )
        for f in claim_faults(rows)
    ]  # fmt: skip
