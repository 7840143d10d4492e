"""Reader of a generic table of concentrations, wide or long, laid out as study.toml says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.files.tables import Sheet, SheetRow, read_sheet
from ingest.platforms.platform import VALUES, ValueReading
from ingest.platforms.value_cells import number_of
from ingest.platforms.value_format import TableFormat, ValueFormat
from ingest.platforms.value_rows import Cells, extras_table, joined, read_cells

PLATFORM_ID = "table"
_REMEDY = "correct the cell, or declare the word in study.toml, [values]; the cell is set aside"
_KINDS = ("standard", "blank", "control")


class Table:
    """Any table of finished values: its columns are declared, nothing is guessed."""

    platform_id = PLATFORM_ID
    label = "Table of values, .csv, .tsv, .txt or .xlsx"
    value_kind = VALUES
    endings = (".csv", ".tsv", ".txt", ".xlsx")
    is_general = True
    control_patterns: Mapping[str, tuple[str, ...]] = {}

    def recognises(self, source: SourceFile) -> bool:
        """Return whether the file is a table of at least two columns."""
        try:
            return len(read_sheet(source, "values").titles) > 1
        except RefusedError:
            return False

    def scanned_on(self, source: SourceFile) -> date | None:
        """Return None: a table does not say when it was measured."""
        return None

    def read_values(self, source: SourceFile, form: ValueFormat) -> ValueReading:
        """Return the file's cells.

        Raises
        ------
        RefusedError
            No table, columns that study.toml names and the file has not, or the other way
            round; a sample that stands twice.
        """
        layout = form.table
        if layout is None:
            raise RefusedError([fault("study_toml", "study.toml has no [table]",
                                      where=source.name, allowed="how the table is laid out",
                                      remedy="add [table], see docs/study-folder.md",
                                      record="no [table] in study.toml")])  # fmt: skip
        view = _view(source, layout)
        if faults := _double_faults(view):
            raise RefusedError(faults, n_rows_in=len(view.sheet.rows))
        columns = _wide(view) if layout.is_wide else _long(view)
        tables: list[pa.Table] = []
        aside: list[Fault] = []
        n_cells = 0
        for cells in columns:
            table, found = read_cells(cells, form.tokens, source.name, _REMEDY)
            tables.append(table)
            aside += found
            n_cells += len(cells.columns["value_text"])
        return ValueReading(
            PLATFORM_ID,
            f"{'wide' if layout.is_wide else 'long'} table",
            joined(tables),
            tuple((t, "", "") for t in _targets(view)),
            tuple(dict.fromkeys(view.label(r) for r in view.rows)),
            extras_table({
                r.line: {t: c for t in layout.other if (c := view.cell(r, t))}
                for r in view.sheet.rows
            }),
            (),
            n_cells,
            tuple(sorted(aside, key=lambda f: f.line)),
        )  # fmt: skip


@dataclass(frozen=True)
class _View:
    sheet: Sheet
    layout: TableFormat

    @property
    def rows(self) -> tuple[SheetRow, ...]:
        """Rows of samples and controls; the row of limits is none."""
        lod = self.layout.lod_label
        return tuple(r for r in self.sheet.rows if not lod or self.label(r) != lod)

    @property
    def targets(self) -> tuple[str, ...]:
        """Titles of targets, in wide tables."""
        named = {*_named(self.layout), *self.layout.other}
        return tuple(t for t in self.sheet.titles if t not in named)

    def cell(self, row: SheetRow, title: str) -> str:
        """Return a cell; empty where the layout has no such column."""
        return row.cells[self.sheet.titles.index(title)].strip() if title else ""

    def label(self, row: SheetRow) -> str:
        """Return what the table calls the sample of a row."""
        return " ".join(p for t in self.layout.label if (p := self.cell(row, t)))

    def kind(self, row: SheetRow) -> str:
        """Return the control kind that the table states, empty for a sample."""
        text = self.cell(row, self.layout.kind).casefold()
        return next((k for k in _KINDS if text.startswith(k)), "")


def _view(source: SourceFile, layout: TableFormat) -> _View:
    sheet = read_sheet(source, "values")
    view = _View(sheet, layout)
    faults = [
        fault("missing_column", f"the column `{title}` is missing; found {listed(sheet.titles)}",
              where=source.name, allowed=f"a column `{title}`, as study.toml says in [table]",
              remedy="correct [table], or the file", record="a declared column is missing")
        for title in dict.fromkeys((*_named(layout), *layout.other)) if title not in sheet.titles
    ]  # fmt: skip
    if not faults:
        faults += _row_faults(view)
    if not layout.is_wide and not faults and view.targets:
        faults.append(
            fault("unknown_column",
                  f"columns that study.toml does not name: {listed(view.targets)}",
                  where=source.name, allowed=listed((*_named(layout), *layout.other), 20),
                  remedy="name them in study.toml, [table] other, or take them out",
                  record=f"{len(view.targets)} columns are not declared")
        )  # fmt: skip
    if faults:
        raise RefusedError(faults, n_rows_in=len(sheet.rows))
    return view


def _named(layout: TableFormat) -> tuple[str, ...]:
    titles = (*layout.label, layout.target, layout.value, layout.unit, layout.lod, layout.flag,
              layout.kind, layout.well)  # fmt: skip
    return tuple(t for t in titles if t)


def _row_faults(view: _View) -> list[Fault]:
    blank = [r.line for r in view.sheet.rows if not view.label(r)]
    faults = []
    if blank:
        faults.append(
            fault("missing_id", f"no sample is named on lines {listed(blank)}",
                  where=view.sheet.file_name, allowed="a name in every row",
                  remedy="fill the cells, or take the rows out",
                  record=f"{len(blank)} rows name no sample", line=blank[0])
        )  # fmt: skip
    if not view.sheet.rows or (view.layout.is_wide and not view.targets):
        faults.append(
            fault("missing_column", "the table holds no value", where=view.sheet.file_name,
                  allowed="rows of samples, columns of targets", remedy="deliver it again",
                  record="no value in the table")
        )  # fmt: skip
    return faults


def _double_faults(view: _View) -> list[Fault]:
    """Return a fault where a sample stands twice and no column tells its wells apart."""
    keys: dict[tuple[str, ...], list[int]] = {}
    for row in view.rows:
        key = (view.label(row), view.cell(row, view.layout.well),
               view.cell(row, view.layout.target))  # fmt: skip
        keys.setdefault(key, []).append(row.line)
    twice = {key: lines for key, lines in keys.items() if len(lines) > 1}
    if not twice:
        return []
    shown = listed(f"`{' '.join(p for p in k if p)}` (lines {listed(v)})" for k, v in twice.items())
    return [
        fault("duplicate_sample", f"{len(twice)} samples stand more than once: {shown}",
              where=view.sheet.file_name, allowed="every sample once; replicate wells need a "
              'column that tells them apart ([table] well = "…")',
              remedy="take the doubled rows out, or name that column",
              record=f"{len(twice)} samples stand more than once")
    ]  # fmt: skip


def _targets(view: _View) -> tuple[str, ...]:
    if view.layout.is_wide:
        return view.targets
    return tuple(dict.fromkeys(view.cell(r, view.layout.target) for r in view.rows))


def _wide(view: _View) -> Iterator[Cells]:
    lod_label = view.layout.lod_label
    limits = next((r for r in view.sheet.rows if lod_label and view.label(r) == lod_label), None)
    for title in view.targets:
        lod = number_of(view.cell(limits, title)) if limits else None
        n = len(view.rows)
        index = view.sheet.titles.index(title)
        yield _cells(view, [title] * n, [r.cells[index] for r in view.rows], [lod] * n)


def _long(view: _View) -> Iterator[Cells]:
    index = view.sheet.titles.index(view.layout.value)
    yield _cells(
        view,
        [view.cell(r, view.layout.target) for r in view.rows],
        [r.cells[index] for r in view.rows],
        [number_of(view.cell(r, view.layout.lod)) for r in view.rows],
    )


def _cells(
    view: _View, targets: Sequence[str], texts: Sequence[str], limits: Sequence[float | None]
) -> Cells:
    layout, rows = view.layout, view.rows
    return Cells({
        "source_line": [r.line for r in rows],
        "label": [view.label(r) for r in rows],
        "control_kind": [view.kind(r) for r in rows],
        "well": [view.cell(r, layout.well) for r in rows],
        "target_name": targets,
        "quantity": [layout.quantity] * len(rows),
        "value_text": texts,
        "value_unit": [view.cell(r, layout.unit) or layout.fixed_unit for r in rows],
        "scale": [layout.scale] * len(rows),
        "qc_flag": [view.cell(r, layout.flag) for r in rows],
        "lod": limits,
    })  # fmt: skip
