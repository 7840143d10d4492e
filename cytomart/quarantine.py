"""Rows set aside and the accounts of every file, as people and machines read them. No values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb

_ROWS = """
    with files as (
        select study_id, role, file_sha256, max(file_name) as file_name
        from raw.files group by all
    ),
    loads as (
        select study_id, load_id, min(loaded_at) as set_aside_at
        from quality.file_loads group by all
    )
    select q.row_id, q.study_id, q.role, f.file_name, q.slide_id, q.batch_id, q.source_line,
        string_agg(q.column_name, ', ' order by q.column_name) as columns,
        string_agg(distinct q.rule_id, ', ' order by q.rule_id) as rules,
        string_agg(distinct q.reason, '; ' order by q.reason) as reasons,
        any_value(q.state) as state, bool_and(q.is_releasable) as is_releasable,
        q.load_id, any_value(l.set_aside_at) as set_aside_at,
        any_value(d.decision_reason) as decision_reason, any_value(d.decided_by) as decided_by
    from quality.quarantine as q
    left join files as f
        on q.study_id = f.study_id and q.role = f.role and q.file_sha256 = f.file_sha256
    left join loads as l on q.study_id = l.study_id and q.load_id = l.load_id
    left join (
        select study_id, row_id, arg_max(reason, decided_at) as decision_reason,
            arg_max(decided_by, decided_at) as decided_by
        from quality.quarantine_decisions group by study_id, row_id
    ) as d on q.study_id = d.study_id and q.row_id = d.row_id
    where q.is_open or ?
    group by q.row_id, q.study_id, q.role, f.file_name, q.slide_id, q.batch_id, q.source_line,
        q.load_id
    order by q.study_id, q.role, q.slide_id nulls first, q.source_line, q.row_id
"""
_FILES = """
    with latest as (
        select * from quality.file_loads
        qualify row_number() over (
            partition by study_id, role, coalesce(slide_id, ''), case role when 'layout'
                then file_sha256 else '' end
            order by loaded_at desc, file_number desc
        ) = 1
    ),
    standing as (
        select study_id, role, file_sha256, count(distinct source_line) as n_rows_open
        from quality.quarantine where is_open group by all
    )
    select l.study_id, l.role, l.slide_id, l.status, l.n_rows_in, l.n_rows_loaded,
        l.n_rows_unchanged, l.n_rows_quarantined, l.n_rows_refused,
        coalesce(s.n_rows_open, 0) as n_rows_open, l.loaded_at, l.load_id
    from latest as l
    left join standing as s
        on l.study_id = s.study_id and l.role = s.role and l.file_sha256 = s.file_sha256
    order by l.study_id, l.role, l.slide_id nulls first, l.file_sha256
"""


def rows(con: duckdb.DuckDBPyConnection, *, closed: bool = False) -> list[dict[str, Any]]:
    """Return the rows set aside, one a row of a file; with `closed` those no longer open too."""
    return _dicts(con.execute(_ROWS, [closed]))


def files(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the last account of every file: rows in = loaded + unchanged + aside + refused."""
    return _dicts(con.execute(_FILES))


def age(since: datetime | None) -> str:
    """Return how long ago something was, in the largest unit that fits; empty where unknown."""
    if since is None:
        return ""
    seconds = max((datetime.now(UTC) - since).total_seconds(), 0)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _dicts(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [c[0] for c in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
