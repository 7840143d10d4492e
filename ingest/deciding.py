"""Decide on rows set aside, and let a released row in from the archive."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from contracts import failure, from_rows
from contracts.quality import QUARANTINE, QUARANTINE_DECISIONS
from ingest import standing
from ingest.decisions import RELEASED, WITHDRAWN
from ingest.declared.study_toml import read_study
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.load import load_study
from ingest.load_report import LoadReport
from ingest.loading import clock, operator
from store import archive
from store.build import append, transaction
from store.home import Home

_TABLES = ("plan", "catalog", "claims", "patients", "samples", "assessments", "analgesics")
#: Why a row of a rule cannot be let in as delivered, and what to do instead.
_NOT_RELEASABLE = {
    "score_range": ("an integrity rule of the gate would hold its batch for ever",
                    "correct the table; where the scale is another one, declare the instrument"),
    "age_range": ("an integrity rule of the gate would hold its batch for ever",
                  "correct the patient table"),
    "conflict": ("several rows of one key contradict each other", "keep the right one"),
    "patient_aside": ("it follows its person's own row", "decide on the row of patients"),
    "dose_aside": ("it follows another drug of the visit", "decide on that drug's row"),
    "unknown_patient": ("its person is not in the patient table",
                        "correct the id, or add the person"),
}  # fmt: skip
_NO_VALUE = ("its cell is no value that could be stored", "correct the file and load it again")


@dataclass(frozen=True)
class AsideRow:
    """A row set aside: where it stands, and each of its faults as quality.quarantine has it."""

    row_id: str
    study_id: str
    role: str
    file_sha256: str
    line: int
    cells: tuple[dict[str, Any], ...]

    @property
    def state(self) -> str:
        """Return what the row is now: open, mended, released, withdrawn or removed."""
        return str(self.cells[0]["state"])

    @property
    def is_releasable(self) -> bool:
        """Return whether the row could be let in as delivered."""
        return all(c["is_releasable"] for c in self.cells)


def find_row(con: DuckDBPyConnection, row_id: str) -> AsideRow:
    """Return a row set aside by its id.

    Raises
    ------
    CytomartError
        There is no such row.
    """
    cells = standing.rows(
        con, "select * from quality.quarantine where row_id = ? order by column_name", row_id
    )
    if not cells:
        raise failure(f"no row {row_id} was set aside", where="quarantine",
                      allowed="an id of `cytomart quarantine list --all`",
                      remedy="look it up there")  # fmt: skip
    first = cells[0]
    return AsideRow(row_id, first["study_id"], first["role"], first["file_sha256"],
                    first["source_line"], tuple(cells))  # fmt: skip


def decide(con: DuckDBPyConnection, rows: Sequence[AsideRow], decision: str, reason: str) -> None:
    """Record a decision on rows, all or none of them.

    Raises
    ------
    CytomartError
        The reason is empty, or a row cannot be decided so; nothing is written.
    """
    if not reason.strip():
        raise failure("the reason is empty", allowed="a reason in words", remedy="--reason 'why'")
    for row in rows:
        _refuse_undecidable(row, decision)
    now, user = clock(), operator()
    made = [
        {**{c: cell[c] for c in QUARANTINE_DECISIONS.column_names if c in cell},
         "decision": decision, "reason": reason, "decided_by": user, "decided_at": now}
        for row in rows
        for cell in row.cells
    ]  # fmt: skip
    with transaction(con):
        append(con, QUARANTINE_DECISIONS, from_rows(made, QUARANTINE_DECISIONS))
        if decision == WITHDRAWN:
            con.execute(
                f"update {QUARANTINE.full_name} set state = ?, is_open = false "
                "where list_contains(?, row_id)",
                [WITHDRAWN, [r.row_id for r in rows]],
            )


def _refuse_undecidable(row: AsideRow, decision: str) -> None:
    fitting = ("open", WITHDRAWN) if decision == RELEASED else ("open",)
    if row.state not in fitting:
        raise failure(f"row {row.row_id} is {row.state}", where=f"{row.role}, line {row.line}",
                      allowed=f"a row that is {' or '.join(fitting)}",
                      remedy="see `cytomart quarantine list --all`")  # fmt: skip
    if decision == RELEASED and not row.is_releasable:
        cell = next(c for c in row.cells if not c["is_releasable"])
        why, remedy = not_releasable(cell["rule_id"])
        raise failure(f"row {row.row_id} cannot be let in: {why}",
                      where=f"{row.role}, line {row.line}, column {cell['column_name']}",
                      allowed="rows whose cells are values that may stand as delivered",
                      remedy=f"{remedy}, or give it up: cytomart quarantine withdraw {row.row_id} "
                      "--reason 'why'")  # fmt: skip


def not_releasable(rule_id: str) -> tuple[str, str]:
    """Return why a row of a rule cannot be let in as delivered, and what to do instead."""
    return _NOT_RELEASABLE.get(rule_id, _NO_VALUE)


def as_delivered(home: Home, con: DuckDBPyConnection, row: AsideRow) -> list[tuple[str, str]]:
    """Return title and cell of a row as the archive has it; for the vault's terminal only."""
    source = _original(home, con, row.study_id, row.role, row.file_sha256)
    if row.role != "slide":
        sheet = read_sheet(source, row.role)
        cells = next((r.cells for r in sheet.rows if r.line == row.line), ())
        return list(zip(sheet.titles, cells, strict=False))
    lines = source.text.split("\n")
    own = _cells(lines[row.line - 1])
    titles = next(t for t in map(_cells, lines) if len(t) == len(own))
    return list(zip(titles, own, strict=True))


def _cells(line: str) -> list[str]:
    return [cell.strip('"') for cell in line.split("\t")]


def _original(
    home: Home, con: DuckDBPyConnection, study_id: str, role: str, sha256: str
) -> SourceFile:
    found = standing.rows(
        con, "select file_name from raw.files where study_id = $1 and file_sha256 = $2 "
        "and role = $3", study_id, sha256, role,
    )  # fmt: skip
    name = found[0]["file_name"] if found else f"{role}.csv"
    return SourceFile.from_bytes(Path(name), archive.read(home, sha256))


def reload(home: Home, con: DuckDBPyConnection, study_id: str, reason: str) -> LoadReport:
    """Load the tables in force once more from the archive, so that decisions take effect.

    The caller holds the writer lock. Scans are left alone, and what stands already is unchanged:
    only a released row can differ from it, and then the reason of its release is the correction's.
    """
    with _folder(home, con, study_id) as folder:
        return load_study(home, con, folder, accept_corrections=reason)


@contextmanager
def _folder(home: Home, con: DuckDBPyConnection, study_id: str) -> Iterator[Path]:
    """Give a study folder inside the vault with the configuration and tables in force."""
    latest = {f.role: f for f in standing.files(con, study_id)}
    folder = Path(tempfile.mkdtemp(prefix=f"reload-{os.getpid()}-", dir=home.spill_dir))
    try:
        toml = folder / "study.toml"
        toml.write_bytes(archive.read(home, latest["study"].sha256))
        for role in _TABLES:
            if role in latest:
                source = _original(home, con, study_id, role, latest[role].sha256)
                (folder / f"{role}{_ending(source)}").write_bytes(source.data)
        for name in read_study(SourceFile.from_path(toml)).layouts.values():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(home, _layout(con, study_id, path.name)))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ending(source: SourceFile) -> str:
    """Return the ending that fits the archived bytes: a table with columns left out is a CSV."""
    if source.encoding == "xlsx":
        return ".xlsx"
    is_tsv = source.path.suffix.lower() == ".tsv" and "\t" in source.text.partition("\n")[0]
    return ".tsv" if is_tsv else ".csv"


def _layout(con: DuckDBPyConnection, study_id: str, name: str) -> str:
    found = standing.rows(
        con, "select file_sha256 from raw.files where study_id = $1 and role = 'layout' "
        "and file_name = $2 order by loaded_at desc", study_id, name,
    )  # fmt: skip
    if not found:
        raise failure(f"the layout {name} is not loaded", where=f"study {study_id}", exit_code=1,
                      remedy="load the study folder again")  # fmt: skip
    return str(found[0]["file_sha256"])
