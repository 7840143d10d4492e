"""Each generation as plain files: Parquet, small tables as CSV and XLSX, dictionary, checksums."""

from __future__ import annotations

import csv
import hashlib
import math
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from openpyxl import Workbook

from store.durable import fsync_path
from store.fault_points import fault_point
from store.published import EXPORT_SCHEMAS, Outgoing
from store.sql_text import literal, qualified

#: Reporting tables of more rows are exported as Parquet only.
SPREADSHEET_ROWS = 100_000
CHECKSUMS = "SHA256SUMS"

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def write_exports(con: DuckDBPyConnection, relations: list[Outgoing], folder: Path) -> None:
    """Write the published relations of a database into a new folder."""
    exported = [r for r in relations if r.schema in EXPORT_SCHEMAS]
    folder.mkdir(parents=True)
    for number, relation in enumerate(exported):
        place = folder / relation.schema
        place.mkdir(exist_ok=True)
        _write_parquet(con, relation, place / f"{relation.name}.parquet")
        if relation.schema == "reporting" and _n_rows(con, relation) <= SPREADSHEET_ROWS:
            _write_csv(con, relation, place / f"{relation.name}.csv")
            with _temporary_files_in(folder):
                _write_xlsx(con, relation, place / f"{relation.name}.xlsx")
        if number == len(exported) // 2:
            fault_point("publish_exports_halfway")
    _write_dictionary(relations, folder / "dictionary.csv")


def write_checksums(folder: Path) -> str:
    """Write SHA256SUMS over every other file (`sha256sum -c` reads it); return its own hash."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != CHECKSUMS)
    lines = [f"{file_sha256(p)}  {p.relative_to(folder).as_posix()}\n" for p in files]
    content = "".join(lines).encode()
    (folder / CHECKSUMS).write_bytes(content)
    for path in (*files, folder / CHECKSUMS, *(p for p in folder.rglob("*") if p.is_dir()), folder):
        fsync_path(path)
    return hashlib.sha256(content).hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file that no connection of this process has open."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def safe_text(text: str) -> str:
    """Return text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    clean = _UNPRINTABLE.sub("\ufffd", text)
    starts = clean.startswith(_FORMULA_STARTS) or clean.lstrip().startswith(_FORMULA_STARTS)
    return "'" + clean if starts else clean


def _cell(value: Any) -> Any:
    """Return a value as a spreadsheet may hold it; text is made safe, numbers stay numbers."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else str(number)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return safe_text(str(value))


def _rows(con: DuckDBPyConnection, relation: Outgoing) -> Iterator[Sequence[Any]]:
    cursor = con.cursor()
    cursor.execute(
        f"select {relation.select_list()} from {qualified(relation.schema, relation.name)}"
    )
    while batch := cursor.fetchmany(5_000):
        yield from batch
    cursor.close()


def _n_rows(con: DuckDBPyConnection, relation: Outgoing) -> int:
    query = f"select count(*) from {qualified(relation.schema, relation.name)}"
    return int(con.execute(query).fetchall()[0][0])


def _write_parquet(con: DuckDBPyConnection, relation: Outgoing, path: Path) -> None:
    con.execute(
        f"copy {qualified(relation.schema, relation.name)} to {literal(str(path))} "
        "(format parquet, compression zstd)"
    )


def _write_csv(con: DuckDBPyConnection, relation: Outgoing, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([name for name, _, _ in relation.columns])
        for row in _rows(con, relation):
            cells = (_cell(v) for v in row)
            writer.writerow([str(c).lower() if isinstance(c, bool) else c for c in cells])


def _write_xlsx(con: DuckDBPyConnection, relation: Outgoing, path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(relation.name[:31])
    sheet.append([name for name, _, _ in relation.columns])
    for row in _rows(con, relation):
        sheet.append([_cell(v) for v in row])
    book.save(path)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Keep openpyxl's temporary files where a later publish finds them after a death."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _write_dictionary(relations: list[Outgoing], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            ["schema_name", "relation_name", "relation_meaning", "column_name", "data_type",
             "column_meaning"]
        )  # fmt: skip
        for r in relations:
            for name, data_type, comment in r.columns:
                cells = (r.schema, r.name, r.comment, name, data_type, comment)
                writer.writerow([safe_text(c) for c in cells])
