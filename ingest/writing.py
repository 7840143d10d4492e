"""Rows into the raw and quality relations, inside the load's one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from contracts import Relation, from_columns, from_rows
from contracts.identity import CELL_HISTORY, PSEUDONYMS
from contracts.raw import (
    ANALGESICS,
    ASSESSMENTS,
    CONTROL_VALUES,
    FILES,
    PATIENTS,
    PLAN,
    SAMPLES,
    SCAN_HEADERS,
    VALUE_EXTRAS,
    VALUES,
)
from contracts.scans import SCANS, SPOT_EXTRAS
from ingest import standing
from ingest.clinic.clinical import Row
from ingest.columns_beside import ColumnsBeside, columns_beside
from ingest.loading import Loading
from ingest.snapshot import Correction, Removal
from store.build import append, replace

TABLES: Mapping[str, Relation] = {
    "patients": PATIENTS,
    "samples": SAMPLES,
    "assessments": ASSESSMENTS,
    "analgesics": ANALGESICS,
    "plan": PLAN,
}


def replace_if_changed(
    loading: Loading, relation: Relation, rows: Sequence[Mapping[str, Any]]
) -> bool:
    """Put a study's rows in place of those that stand, where they differ; return whether."""
    study_id = loading.study.study_id
    table = from_rows(rows, relation)
    old = standing.of_study(loading.con, relation, study_id)
    if len(old) == table.num_rows and _sorted(old) == _sorted(table.to_pylist()):
        return False
    replace(loading.con, relation, table, {"study_id": study_id})
    return True


def _sorted(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(json.dumps(r, default=str, sort_keys=True) for r in rows)


def add_rows(loading: Loading, role: str, rows: Sequence[Row], sha256: str) -> None:
    """Add new rows of a clinical table."""
    if not rows:
        return
    append(loading.con, TABLES[role], _stored(loading, role, rows, sha256))
    for beside in columns_beside(loading.study, role):
        append(loading.con, beside.relation, _beside(loading, beside, rows, sha256))


def put_row(
    loading: Loading, role: str, row: Row, sha256: str, *, key: tuple[str, ...] | None = None
) -> None:
    """Put one row in place of the one that stands under its key (or another key)."""
    relation = TABLES[role]
    where = _where(loading, relation, key or row.key)
    replace(loading.con, relation, _stored(loading, role, [row], sha256), where)
    for beside in columns_beside(loading.study, role):
        replace(loading.con, beside.relation, _beside(loading, beside, [row], sha256), where)


def drop_row(loading: Loading, role: str, key: tuple[str, ...]) -> None:
    """Take one row away, with the columns that study.toml declares."""
    relation = TABLES[role]
    where = _where(loading, relation, key)
    replace(loading.con, relation, from_rows([], relation), where)
    for beside in columns_beside(loading.study, role):
        replace(loading.con, beside.relation, from_rows([], beside.relation), where)


def add_history(
    loading: Loading,
    role: str,
    correction: Correction | Removal,
    sha256: str,
) -> None:
    """Keep the earlier value of every corrected or removed cell, with who, when and why."""
    relation = TABLES[role]
    is_removal = isinstance(correction, Removal) and role != "plan"
    reason = loading.remove_reason if is_removal else loading.accept_corrections
    rows = []
    places = {c: b for b in columns_beside(loading.study, role) for c in b.columns}
    for cell in correction.cells:
        beside = places.get(cell.column)
        key = dict(zip(relation.key[1:], correction.key, strict=True))
        own = {beside.name_column: cell.column} if beside else {}
        rows.append({
            "study_id": loading.study.study_id,
            "relation_name": (beside.relation if beside else relation).full_name,
            "row_key": json.dumps({**key, **own}, ensure_ascii=False, sort_keys=True),
            "column_name": beside.value_column if beside else cell.column,
            "old_text": _text(cell.before),
            "new_text": _text(cell.after),
            "old_file_sha256": correction.old_sha256,
            "new_file_sha256": sha256,
            "corrected_by": loading.user,
            "reason": reason,
            "load_id": loading.load_id,
            "corrected_at": loading.loaded_at,
        })  # fmt: skip
    append(loading.con, CELL_HISTORY, from_rows(rows, CELL_HISTORY))


def move_scans(loading: Loading) -> None:
    """Give the scans of every slide the batch that its sample sheet now names."""
    loading.con.execute(
        "update raw.scans set batch_id = s.batch_id from (select distinct study_id, slide_id, "
        "batch_id from raw.samples where study_id = ?) as s where raw.scans.study_id = s.study_id "
        "and raw.scans.slide_id = s.slide_id and raw.scans.batch_id <> s.batch_id",
        [loading.study.study_id],
    )


def move_values(loading: Loading) -> None:
    """Give the loaded values the sample and batch that the sample sheet now names for them.

    Values that a sample had under another label or on another plate are nobody's, until the sheet
    claims them again: two persons' values never meet under one sample.
    """
    loading.con.execute(
        'update raw."values" set sample_id = s.sample_id, batch_id = s.batch_id '
        'from raw.samples as s where raw."values".study_id = ? and s.study_id = ? '
        'and raw."values".slide_id = s.slide_id and raw."values".sample_label = s.file_label '
        'and (raw."values".sample_id <> s.sample_id or raw."values".batch_id <> s.batch_id)',
        [loading.study.study_id] * 2,
    )
    loading.con.execute(
        "update raw.\"values\" set sample_id = '' from raw.samples as s "
        'where raw."values".study_id = ? and s.study_id = ? '
        'and raw."values".sample_id = s.sample_id and s.file_label is not null '
        'and (raw."values".slide_id <> s.slide_id or raw."values".sample_label <> s.file_label)',
        [loading.study.study_id] * 2,
    )
    loading.con.execute(
        "update raw.control_values set batch_id = s.batch_id from (select distinct study_id, "
        "slide_id, batch_id from raw.samples where study_id = ?) as s "
        "where raw.control_values.study_id = s.study_id "
        "and raw.control_values.slide_id = s.slide_id "
        "and raw.control_values.batch_id <> s.batch_id",
        [loading.study.study_id],
    )


def drop_slide(loading: Loading, slide_id: str, sha256: str) -> None:
    """Take a slide's earlier scan, or a plate's values, away; its file stays in the archive."""
    where = {"study_id": loading.study.study_id, "file_sha256": sha256}
    for relation in (SCANS, SPOT_EXTRAS, SCAN_HEADERS, VALUES, CONTROL_VALUES, VALUE_EXTRAS):
        replace(loading.con, relation, from_rows([], relation), where)
    loading.con.execute(
        "delete from raw.printed_spots where study_id = $1 and print_id not in "
        "(select print_id from raw.scans where study_id = $1)", [where["study_id"]],
    )  # fmt: skip
    replace(loading.con, FILES, from_rows([], FILES), {**where, "role": "slide"})


def add_pseudonyms(loading: Loading) -> None:
    """Record which real id each pseudonym stands for, in the vault only."""
    if loading.study.ids_are_codes:
        return
    study_id = loading.study.study_id
    known = {(r["id_kind"], r["real_id"])
             for r in standing.of_study(loading.con, PSEUDONYMS, study_id)}  # fmt: skip
    used = _used_ids(loading)
    rows = [
        {"study_id": study_id, "id_kind": kind, "real_id": real, "pseudonym": code}
        for (kind, real), code in sorted(loading.pseudonyms.items())
        if (kind, real) not in known and code in used
    ]
    if rows:
        append(loading.con, PSEUDONYMS, from_rows(rows, PSEUDONYMS))


def _stored(loading: Loading, role: str, rows: Sequence[Row], sha256: str) -> pa.Table:
    relation = TABLES[role]
    own: dict[str, Sequence[object]] = {
        "study_id": [loading.study.study_id] * len(rows),
        "file_sha256": [sha256] * len(rows),
        "source_line": [row.source.line for row in rows],
    }
    cells = {c: [row.values.get(c) for row in rows] for c in relation.column_names if c not in own}
    return from_columns({**own, **cells}, relation)


def _beside(loading: Loading, beside: ColumnsBeside, rows: Sequence[Row], sha256: str) -> pa.Table:
    names, n = beside.columns, len(rows) * len(beside.columns)
    return from_columns({
        "study_id": [loading.study.study_id] * n,
        "file_sha256": [sha256] * n,
        "source_line": [row.source.line for row in rows for _ in names],
        beside.key_column: [row.key[0] for row in rows for _ in names],
        beside.name_column: list(names) * len(rows),
        beside.value_column: [row.values[name] for row in rows for name in names],
    }, beside.relation)  # fmt: skip


def _where(loading: Loading, relation: Relation, key: tuple[str, ...]) -> dict[str, Any]:
    return {
        "study_id": loading.study.study_id,
        **dict(zip(relation.key[1:], key, strict=True)),
    }


def _used_ids(loading: Loading) -> set[str]:
    found = standing.rows(
        loading.con,
        "select patient_id as id from raw.patients where study_id = $1 union "
        "select sample_id from raw.samples where study_id = $1 union "
        "select patient_id from raw.samples where study_id = $1 union "
        "select patient_id from raw.assessments where study_id = $1 union "
        "select patient_id from raw.analgesics where study_id = $1",
        loading.study.study_id,
    )
    return {r["id"] for r in found}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
