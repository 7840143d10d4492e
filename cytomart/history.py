"""What stood earlier: every corrected or removed cell, and every version of a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from store import ledger
from store.home import Home

_CELLS = """
    with names as (
        select study_id, file_sha256, min(file_name) as file_name
        from raw.files group by study_id, file_sha256
    )
    select h.study_id, h.corrected_at as changed_at, h.corrected_by as changed_by, h.load_id,
        h.relation_name, h.row_key, h.column_name, h.old_text, h.new_text, h.reason,
        h.old_file_sha256, h.new_file_sha256, n.file_name
    from identity.cell_history as h
    left join names as n on h.study_id = n.study_id and h.new_file_sha256 = n.file_sha256
    order by h.corrected_at, h.load_id, h.relation_name, h.row_key, h.column_name
"""
_VERSIONS = """
    select study_id, role, slide_id, row_number() over (
            partition by study_id, role, slide_id order by loaded_at, load_id, file_number
        ) as version_number,
        loaded_at, load_id, status, file_sha256, superseded_sha256, n_rows_in, n_rows_loaded,
        n_rows_unchanged, n_rows_quarantined, n_rows_removed
    from quality.file_loads where status in ('loaded', 'removed')
    order by study_id, role, slide_id, version_number
"""
_PLAN_CHANGES = """
    select study_id, changed_at, changed_by, analysis_id, change, changed_columns, change_text,
        is_after_data, published_generation, reason, plan_hash_before, plan_hash_after, load_id
    from quality.plan_changes
    order by changed_at, load_id, analysis_id
"""
_HAS_PLAN_CHANGES = """
    select count(*) from duckdb_tables()
    where schema_name = 'quality' and table_name = 'plan_changes'
"""
#: Relations of columns that study.toml declares, and the table that has them.
_BESIDE = {"patient_attributes": "patients", "patient_measures": "patients",
           "sample_measures": "samples"}  # fmt: skip
_PSEUDONYMS = "select pseudonym from identity.pseudonyms where real_id = ?"

#: Reasons of a load, as its ledger line names them.
_REASONS = ("correction_reason", "supersede_reason", "remove_reason")


@dataclass(frozen=True)
class Wanted:
    """Which part of the history is asked for; empty means all of it."""

    ident: str = ""
    study_id: str = ""
    table: str = ""
    column: str = ""
    since: date | None = None


def cells(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> list[dict[str, Any]]:
    """Return every earlier value of a cell, oldest first."""
    ids = {wanted.ident, *_pseudonyms(con, wanted.ident)}
    found = []
    for row in _rows(con, _CELLS):
        key = json.loads(row.pop("row_key"))
        attribute = key.pop("attribute_id", None) or key.pop("measure_id", None)
        relation = row.pop("relation_name").split(".")[-1]
        row["table"] = _BESIDE.get(relation, relation)
        row["row"] = " · ".join(str(v) for v in key.values() if v)
        row["column_name"] = attribute or row["column_name"]
        if wanted.ident and not ids & {str(v) for v in key.values()}:
            continue
        if wanted.column in ("", row["column_name"]) and _is_wanted(row, wanted, "changed_at"):
            found.append(row)
    return found


def plan_changes(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> list[dict[str, Any]]:
    """Return every analysis that was added, changed or removed since the plan's first load."""
    if wanted.table not in ("", "plan") or not con.execute(_HAS_PLAN_CHANGES).fetchall()[0][0]:
        return []
    found = [{**row, "table": "plan"} for row in _rows(con, _PLAN_CHANGES)]
    return [
        row
        for row in found
        if wanted.ident in ("", row["analysis_id"])
        and (not wanted.column or wanted.column in row["changed_columns"].split(","))
        and _is_wanted(row, wanted, "changed_at")
    ]


def versions(con: duckdb.DuckDBPyConnection, home: Home, wanted: Wanted) -> list[dict[str, Any]]:
    """Return every version of every file that was loaded, with who, when and why."""
    said = {e.details.get("load_id"): e.details for e in ledger.entries(home) if e.event == "load"}
    found = []
    for row in _rows(con, _VERSIONS):
        details = said.get(row["load_id"], {})
        row["table"] = row["role"]
        row["changed_by"] = details.get("user", "")
        row["reason"] = "; ".join(dict.fromkeys(details[r] for r in _REASONS if details.get(r)))
        if wanted.ident in ("", row["slide_id"]) and _is_wanted(row, wanted, "loaded_at"):
            found.append(row)
    return found


def _is_wanted(row: dict[str, Any], wanted: Wanted, instant: str) -> bool:
    at: datetime = row[instant]
    return (
        wanted.study_id in ("", row["study_id"])
        and wanted.table in ("", row["table"])
        and (wanted.since is None or at.date() >= wanted.since)
    )


def _pseudonyms(con: duckdb.DuckDBPyConnection, ident: str) -> Iterable[str]:
    return (r[0] for r in con.execute(_PSEUDONYMS, [ident]).fetchall())


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [c[0] for c in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
