"""INTELLIFLEX exports: one row a well, a group of columns per bead region and reporter."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pyarrow as pa

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.files.tables import Sheet, read_sheet
from ingest.platforms.atf import HeaderRecord
from ingest.platforms.platform import ValueReading
from ingest.platforms.value_format import ValueFormat
from ingest.platforms.value_rows import Cells, extras_table, joined, read_cells

QUANTITIES: dict[str, tuple[str, str]] = {
    "MEDIAN": ("median_fluorescence", "afu"),
    "NET MEDIAN": ("net_mfi", "afu"),
    "COUNT": ("bead_count", "count"),
    "AVERAGE MFI": ("mean_fluorescence", "afu"),
    "NET AVERAGE MEDIAN": ("net_average_median", "afu"),
}
_NEEDED = ("WELL LOCATION", "SAMPLE ID")
_GROUP = re.compile(r"(R\d+): (RP\d+) (.+)")
_FLAGGED = ("median_fluorescence", "net_mfi", "mean_fluorescence", "net_average_median")
#: First letter of WELL TYPE: B a blank, S a standard, C a control, U an unknown (a sample).
_KINDS = {"B": "blank", "S": "standard", "C": "control"}
_REMEDY = "export the plate again; the cell is set aside"


def looks_like_intelliflex(text: str) -> bool:
    """Return whether a text is an INTELLIFLEX export."""
    first = text.lstrip("\n").partition("\n")[0].upper()
    return "INSTRUMENT TYPE" in first and "WELL LOCATION" in first


def read_intelliflex(source: SourceFile, form: ValueFormat, platform_id: str) -> ValueReading:
    """Return every measured cell of an export.

    Raises
    ------
    RefusedError
        Not a table, titles missing, a well twice, a region whose target changes.
    """
    sheet = _sheet(source)
    if faults := _faults(source, sheet):
        raise RefusedError(faults, n_rows_in=len(sheet.rows))
    tables: list[pa.Table] = []
    aside: list[Fault] = []
    targets: dict[str, None] = {}
    n_cells = 0
    taken: set[str] = set()
    for title in sheet.titles:
        found = _GROUP.fullmatch(title)
        if not found:
            continue
        taken.add(title)
        region, reporter, what = found.groups()
        name = _target(sheet, region, reporter)
        targets.setdefault(name, None)
        if what not in QUANTITIES:
            continue
        cells = _column(sheet, title, name, what, reporter)
        table, wrong = read_cells(cells, form.tokens, source.name, _REMEDY)
        tables.append(table)
        aside += wrong
        n_cells += len(sheet.rows)
    return ValueReading(
        platform_id,
        _version(sheet),
        joined(tables),
        tuple((t, "", "") for t in targets),
        tuple(dict.fromkeys(_label(sheet, i) for i in range(len(sheet.rows)))),
        extras_table({
            r.line: {t: c for t, c in zip(sheet.titles, r.cells, strict=True)
                     if c.strip() and (t not in taken or "REGION" in t)}
            for r in sheet.rows
        }),
        _headers(sheet),
        n_cells,
        tuple(sorted(aside, key=lambda f: f.line)),
        _day(sheet),
        _notes(sheet, targets, tables),
    )  # fmt: skip


def intelliflex_day(source: SourceFile) -> date | None:
    """Return the day on which the plate was started."""
    try:
        return _day(_sheet(source))
    except RefusedError:
        return None


def _sheet(source: SourceFile) -> Sheet:
    sheet = read_sheet(source, "values")
    return Sheet(sheet.file_name, sheet.sheet_name, tuple(t.upper() for t in sheet.titles),
                 sheet.rows, sheet.delimiter)  # fmt: skip


def _faults(source: SourceFile, sheet: Sheet) -> list[Fault]:
    faults = [
        fault("missing_column", f"the column `{title}` is missing", where=source.name,
              allowed=listed(_NEEDED), remedy="export the plate again",
              record="a column is missing")
        for title in _NEEDED if title not in sheet.titles
    ]  # fmt: skip
    if faults:
        return faults
    wells = Counter(_text(sheet, i, "WELL LOCATION").upper() for i in range(len(sheet.rows)))
    if twice := [w or "(blank)" for w, n in wells.items() if n > 1 or not w]:
        given = f"wells that are blank or stand twice: {listed(twice)}"
        faults.append(fault("duplicate_spot", given, where=source.name, allowed="every well once",
                            remedy="deliver one plate in one file",
                            record=f"{len(twice)} wells are blank or stand twice"))  # fmt: skip
    for title in sheet.titles:
        found = _GROUP.fullmatch(title)
        if found and found.group(3) == "ANALYTE NAME":
            names = {_text(sheet, i, title) for i in range(len(sheet.rows))}
            if len(names) != 1 or "" in names:
                given = f"`{title}` names {listed(sorted(names)) or 'none'}"
                faults.append(fault("row_shape", given, where=source.name,
                                    allowed="one target a region",
                                    remedy="export the plate again",
                                    record="a region has several targets, or none"))  # fmt: skip
        elif found and f"{found.group(1)}: {found.group(2)} ANALYTE NAME" not in sheet.titles:
            faults.append(fault("missing_column", f"`{title}` has no ANALYTE NAME beside it",
                                where=source.name, allowed="a name for every region",
                                remedy="export the plate again",
                                record="a region without a name"))  # fmt: skip
    return faults


def _text(sheet: Sheet, row: int, title: str) -> str:
    if title not in sheet.titles:
        return ""
    return sheet.rows[row].cells[sheet.titles.index(title)].strip()


def _label(sheet: Sheet, row: int) -> str:
    return _text(sheet, row, "SAMPLE ID") or _text(sheet, row, "WELL LOCATION").upper()


def _target(sheet: Sheet, region: str, reporter: str) -> str:
    return _text(sheet, 0, f"{region}: {reporter} ANALYTE NAME") if sheet.rows else region


def _column(sheet: Sheet, title: str, name: str, what: str, reporter: str) -> Cells:
    quantity, unit = QUANTITIES[what]
    column = sheet.titles.index(title)
    n = range(len(sheet.rows))
    own = quantity if reporter == "RP1" else f"{quantity}_{reporter.lower()}"
    status = [_text(sheet, i, "WELL STATUS") for i in n]
    return Cells({
        "source_line": [r.line for r in sheet.rows],
        "label": [_label(sheet, i) for i in n],
        "control_kind": [_KINDS.get(_text(sheet, i, "WELL TYPE")[:1].upper(), "") for i in n],
        "well": [_text(sheet, i, "WELL LOCATION").upper() for i in n],
        "target_name": [name for _ in n],
        "quantity": [own for _ in n],
        "value_text": [r.cells[column] for r in sheet.rows],
        "value_unit": [unit for _ in n],
        "scale": ["linear" for _ in n],
        "qc_flag": ["" if quantity not in _FLAGGED or s.casefold() in ("", "completed", "ok") else s
                    for s in status],
    })  # fmt: skip


def _version(sheet: Sheet) -> str:
    version = _text(sheet, 0, "SOFTWARE VERSION") if sheet.rows else ""
    return f"INTELLIFLEX {version}".strip()


def _headers(sheet: Sheet) -> tuple[HeaderRecord, ...]:
    keys = ("INSTRUMENT TYPE", "SERIAL NUMBER", "SOFTWARE VERSION", "PLATE NAME", "PLATE START")
    return tuple(
        HeaderRecord(n, key, _text(sheet, 0, key))
        for n, key in enumerate(keys, 1)
        if sheet.rows and key in sheet.titles
    )


def _day(sheet: Sheet) -> date | None:
    found = re.match(r"\d{4}-\d{2}-\d{2}", _text(sheet, 0, "PLATE START")) if sheet.rows else None
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None


def _notes(sheet: Sheet, targets: dict[str, None], tables: list[pa.Table]) -> tuple[str, ...]:
    measured = {n for t in tables for n in set(t.column("target_name").to_pylist())}
    bare = [t for t in targets if t not in measured]
    return (f"named without any value: {listed(bare)}",) if bare else ()
