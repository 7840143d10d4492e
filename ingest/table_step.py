"""One clinical table of a delivery: read, judged, compared with what stands, written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ingest import writing
from ingest.clinic.clinical import Parsed
from ingest.clinic.privacy import identifying_columns
from ingest.decisions import admit, row_text
from ingest.declared.study import Study
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.mapped import MappedTable, kept_bytes
from ingest.files.source_file import SourceFile, refuse_outside
from ingest.files.tables import Sheet, SheetRow, read_sheet
from ingest.load_report import LOADED, REFUSED, UNCHANGED, WAITING, CellChange, MissingKey
from ingest.loading import Loading, Outcome
from ingest.snapshot import Delta, Key, Removal, Standing, compare, with_removals
from store.fault_points import fault_point

#: Faults that another table causes: where that one was refused, this one waits for it.
_OF_PEOPLE = ("unknown_patient", "patient_aside")


@dataclass(frozen=True)
class TableSpec:
    """How a role's table is read.

    Parameters
    ----------
    map : callable
        Sheet and study → the sheet under our names.
    parse : callable
        Mapped table → its rows.
    standing : dict
        What the warehouse has.
    current_sha256 : str or None
        Version that was loaded last.
    waits_for : str
        Why the table must wait; empty where it need not.
    patients_refused : bool
        Whether the patient table of this delivery was refused.
    settle : callable
        What follows for other rows once it is decided which are set aside.
    clashes : callable
        Rows and what the warehouse has → why the table is refused; empty where it need not be.
    """

    role: str
    map: Callable[[Sheet, Study], MappedTable]
    parse: Callable[[MappedTable], Parsed]
    standing: Mapping[Key, Standing]
    current_sha256: str | None
    waits_for: str = ""
    patients_refused: bool = False
    settle: Callable[[Parsed], Parsed] = lambda parsed: parsed
    clashes: Callable[[Parsed, Mapping[Key, Standing]], list[Fault]] = lambda parsed, standing: []


@dataclass(frozen=True)
class TableResult:
    """What became of a table.

    Parameters
    ----------
    parsed : Parsed or None
        Its rows, where it could be read.
    accepted : bool
        Whether its rows count.
    missing : tuple of MissingKey
        Rows that stay although the table no longer has them.
    gone : tuple of Removal
        The same rows with their cells, and after a removal those that went.
    removals : tuple of CellChange
        What went with them.
    """

    outcome: Outcome
    parsed: Parsed | None = None
    accepted: bool = False
    changes: tuple[CellChange, ...] = ()
    missing: tuple[MissingKey, ...] = ()
    gone: tuple[Removal, ...] = ()
    removals: tuple[CellChange, ...] = ()
    dropped_columns: tuple[str, ...] = ()


def load_table(loading: Loading, path: Path, spec: TableSpec) -> TableResult:
    """Load one table of a delivery, or say why not."""
    outcome = Outcome(spec.role, path.name, REFUSED)
    try:
        refuse_outside(path.parent, path)
        source = SourceFile.from_path(path)
        outcome = outcome.of(source)
        sheet = read_sheet(source, spec.role)
        outcome = replace(outcome, n_rows_in=len(sheet.rows))
        table = spec.map(sheet, loading.study)
        outcome = replace(outcome, n_rows_in=len(table.rows))
        if found := identifying_columns(table, loading.study, loading.today):
            raise RefusedError(found, n_rows_in=len(sheet.rows))
        kept = kept_bytes(source, table)
        outcome = replace(outcome, sha256=hashlib.sha256(kept).hexdigest(), n_bytes=len(kept))
        loading.keep(kept)
        fault_point("load_archived")
        return _judge(loading, table, spec, replace(outcome, notes=sheet.notes))
    except RefusedError as refusal:
        n_rows = refusal.n_rows_in or outcome.n_rows_in
        return TableResult(
            replace(outcome, faults=refusal.faults, n_rows_in=n_rows, n_rows_refused=n_rows)
        )


def _judge(loading: Loading, table: MappedTable, spec: TableSpec, outcome: Outcome) -> TableResult:
    if spec.waits_for:
        return _waiting(outcome, spec.waits_for)
    digest = partial(_digest, loading, table)
    parsed = spec.settle(admit(spec.parse(table), loading.decisions, digest))
    fault_point("load_parsed")
    outcome = replace(outcome, notes=(*outcome.notes, *parsed.notes))
    blamed = [f for f in (*parsed.faults, *parsed.set_aside) if f.rule_id in _OF_PEOPLE]
    if spec.patients_refused and blamed:
        lines = listed(sorted({f.line for f in blamed}))
        why = (
            f"waits for the patient table, which was refused: it names its people on lines {lines}"
        )
        return replace(_waiting(outcome, why), parsed=parsed)
    if loading.is_drop and (absent := _absent(parsed)):
        why = f"waits for people whom the patient table does not name yet: lines {listed(absent)}"
        return replace(_waiting(outcome, why), parsed=parsed)
    if parsed.faults:
        refusal = replace(
            outcome,
            faults=(*parsed.faults, *_rows_too(loading, parsed)),
            n_rows_refused=parsed.n_rows_in,
            # Who mends the table wants to know of these rows too.
            set_aside=parsed.set_aside if loading.as_if_mended else (),
        )
        return TableResult(refusal, parsed)
    delta = compare(spec.standing, parsed)
    clashes = [*_occupied(parsed, delta, spec.standing), *spec.clashes(parsed, spec.standing)]
    if clashes:
        raise RefusedError([*clashes, *_rows_too(loading, parsed)], n_rows_in=parsed.n_rows_in)
    changes = cell_changes(parsed, delta)
    result = TableResult(outcome, parsed, changes=changes, dropped_columns=table.unmapped)
    if delta.corrected and loading.accept_corrections is None:
        refused = uncorrected(table, changes)
        n_rows = parsed.n_rows_in
        faults = (refused, *_rows_too(loading, parsed))
        return replace(result, outcome=replace(outcome, faults=faults, n_rows_refused=n_rows))
    _write(loading, spec, delta, outcome.sha256)
    stays = [k for k in delta.missing if k not in delta.displaced]
    gone = with_removals(replace(delta, missing=tuple(stays)), spec.standing).removed
    outcome = replace(_counted(outcome, parsed, delta, spec), digests=_digests(loading, parsed))
    return replace(result, outcome=outcome, accepted=True,
                   missing=missing_keys(spec.role, stays), gone=gone)  # fmt: skip


def missing_keys(role: str, keys: Iterable[Key]) -> tuple[MissingKey, ...]:
    """Return the keys of a table's missing rows, as a report names them."""
    return tuple(MissingKey(role, _named(k)) for k in sorted(keys))


def _rows_too(loading: Loading, parsed: Parsed) -> tuple[Fault, ...]:
    """Return the faults of rows of a refused table, so that all is mended at once.

    A check counts them apart, as rows set aside.
    """
    return () if loading.as_if_mended else parsed.set_aside


def _absent(parsed: Parsed) -> list[int]:
    """Return the lines of unknown people, where the table has no other reason to be refused."""
    unknown = {f.line for f in (*parsed.faults, *parsed.set_aside)
               if f.rule_id == "unknown_patient"}  # fmt: skip
    is_that_all = all(f.rule_id == "unknown_patient" for f in parsed.faults)
    return sorted(unknown) if is_that_all else []


def _write(loading: Loading, spec: TableSpec, delta: Delta, sha256: str) -> None:
    for key in delta.displaced:
        writing.drop_row(loading, spec.role, key)
    for correction in delta.corrected:
        writing.add_history(loading, spec.role, correction, sha256)
        writing.put_row(loading, spec.role, correction.row, sha256, key=correction.key)
    for row in delta.completed:
        writing.put_row(loading, spec.role, row, sha256)
    writing.add_rows(loading, spec.role, delta.new, sha256)
    if spec.role == "samples":
        writing.move_scans(loading)
        writing.move_values(loading)


def _counted(outcome: Outcome, parsed: Parsed, delta: Delta, spec: TableSpec) -> Outcome:
    n_loaded = len(delta.new) + len(delta.completed) + len(delta.corrected)
    is_news = n_loaded > 0 or outcome.sha256 != spec.current_sha256
    return replace(
        outcome,
        status=LOADED if is_news else UNCHANGED,
        n_rows_loaded=n_loaded,
        n_rows_unchanged=len(delta.unchanged) + parsed.n_repeated,
        n_rows_quarantined=len(parsed.lines_aside),
        set_aside=parsed.set_aside,
        places=_places(parsed),
    )


def _places(parsed: Parsed) -> dict[int, tuple[str | None, str | None]]:
    """Return slide and batch of the sample rows set aside, by line."""
    if parsed.table.role != "samples":
        return {}
    batches = {r.values["slide_id"]: str(r.values["batch_id"]) for r in parsed.rows}
    return {
        row.line: (slide, batches.get(slide) or parsed.table.text(row, "batch") or None)
        for row in parsed.table.rows
        if row.line in parsed.lines_aside and (slide := parsed.table.text(row, "slide_id"))
    }


def _digest(loading: Loading, table: MappedTable, row: SheetRow) -> str:
    return loading.digest(row_text(table, row))


def _digests(loading: Loading, parsed: Parsed) -> dict[int, str]:
    """Return the keyed hash of every row set aside, by line."""
    lines = parsed.lines_aside
    rows = (row for row in parsed.table.rows if row.line in lines)
    return {row.line: _digest(loading, parsed.table, row) for row in rows}


def _waiting(outcome: Outcome, why: str) -> TableResult:
    waits = fault("waits", f"the table {why}", where=outcome.file_name,
                  remedy="deliver or mend that table, then load again",
                  record=f"the table {why.partition(':')[0]}")  # fmt: skip
    return TableResult(
        replace(outcome, status=WAITING, faults=(waits,), n_rows_refused=outcome.n_rows_in)
    )


def _occupied(parsed: Parsed, delta: Delta, standing: Mapping[Key, Standing]) -> list[Fault]:
    """Return faults for samples that lost their place to another one and have no good row."""
    held = [k for k in delta.displaced if standing[k].values["group_code"] != "empty"]
    return [
        fault("occupied_block", f"{_place_in_words(standing[k].values)} holds sample `{k[0]}`, "
              + ("whose row is in quarantine" if k in parsed.keys_aside else
                 "which the sheet no longer names"),
              where=parsed.table.sheet.file_name,
              allowed="every loaded sample on a Block of its own",
              remedy="mend that row" if k in parsed.keys_aside else
              "give that sample its place in the sheet again",
              record="a loaded sample lost its Block to another one")
        for k in held
    ]  # fmt: skip


def _place_in_words(values: Mapping[str, object]) -> str:
    if values.get("file_label"):
        return f"label `{values['file_label']}` of {values['slide_id']}"
    if values["block"] is None:
        return f"slide {values['slide_id']}"
    return f"Block {values['block']} of slide {values['slide_id']}"


def cell_changes(parsed: Parsed, delta: Delta) -> tuple[CellChange, ...]:
    """Return every cell of a file that differs from the warehouse, before and after."""
    table = parsed.table
    corrected = [
        (c.row.shown, cell, table.where(c.row.source, cell.column))
        for c in delta.corrected
        for cell in c.cells
    ]
    return (
        *(CellChange(table.role, key, cell.column, _shown(cell.before), _shown(cell.after), where)
          for key, cell, where in corrected),
        *removed_cells(table.role, table.sheet.file_name, delta.removed),
    )  # fmt: skip


def _named(key: Key) -> str:
    """Return a key as people read it: without the parts that it does not have (a score's site)."""
    return " · ".join(part for part in key if part)


def removed_cells(role: str, file_name: str, removals: Iterable[Removal]) -> tuple[CellChange, ...]:
    """Return every cell of rows that a file takes away, with nothing after."""
    return tuple(
        CellChange(role, _named(r.key), cell.column, _shown(cell.before), "", file_name)
        for r in removals
        for cell in r.cells
    )


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def uncorrected(table: MappedTable, changes: Sequence[CellChange]) -> Fault:
    """Return the fault of a file with changed cells that nobody gave a reason for."""
    columns = sorted({c.column for c in changes})
    places = listed((f"{c.where}: `{c.before}` → `{c.after}`" for c in changes), 6)
    n_rows = len({c.key for c in changes})
    counts = (
        f"{_plural(len(changes), 'cell')} in {_plural(n_rows, 'row')} "
        "changed against what is loaded"
    )
    return fault("correction", f"{counts}: {places}", where=table.sheet.file_name,
                 allowed="new rows and unchanged ones",
                 remedy="if the new values are right: --accept-corrections --reason 'why'; the old "
                 "values stay in the vault's history",
                 record=f"{counts} (columns {', '.join(columns)})")  # fmt: skip
