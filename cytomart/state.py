"""What stands in a warehouse now: batches with their verdicts, and everything set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from store.build import connection_config
from store.home import Home
from store.read import open_published

#: What the gate said of each batch's present content, whether built since or not.
_JUDGED = """
    with judged as (
        select contents.study_id, contents.batch_id, contents.content_hash,
            arg_max(runs.gate_run_id, runs.ran_at) as gate_run_id,
            arg_max(runs.verdict, runs.ran_at) as verdict
        from quality.batch_contents as contents
        left join quality.gate_runs as runs
            on contents.study_id = runs.study_id and contents.batch_id = runs.scope_id
                and contents.content_hash = runs.content_hash and runs.gate = 'batch'
        group by all
    ),
    broken as (
        select gate_run_id, string_agg(rule_id, ', ' order by rule_id) as rules
        from quality.gate_results
        where outcome <> 'pass' and (severity <> 'warning' or outcome = 'error')
        group by gate_run_id
    )
    select judged.study_id, judged.batch_id, {status} as status, coalesce(broken.rules, '')
    from judged left join broken on judged.gate_run_id = broken.gate_run_id {built}
    order by 1, 2
"""
_BATCHES = _JUDGED.format(
    status="coalesce(built.gate_status, judged.verdict, 'pending')",
    built="""
        left join intermediate.int_batches_released as built
            on judged.study_id = built.study_id and judged.batch_id = built.batch_id
                and judged.content_hash = built.content_hash and built.gate_status <> 'pending'
    """,
)
_BATCHES_UNBUILT = _JUDGED.format(status="coalesce(judged.verdict, 'pending')", built="")
_BATCHES_PUBLISHED = """
    select study_id, batch_id, gate_status, failed_rules
    from marts.dim_batches order by study_id, batch_id
"""
_SET_ASIDE = """
    select study_id, 'quarantined' as what, role || ', column ' || column_name as subject,
        count(distinct row_id) as n_rows, string_agg(distinct reason, '; ' order by reason) as why
    from quality.quarantine where is_open
    group by study_id, role, column_name
    union all
    select study_id, case when bool_and(rule_id = 'waits') then 'waiting' else 'refused' end,
        role || coalesce(' ' || slide_id, ''), max(n_rows_in),
        string_agg(distinct reason, '; ' order by reason)
    from quality.refusals where is_open
    group by study_id, role, slide_id
    union all
    select study_id, 'release held', rule_id, n_failed, message
    from quality.gate_results
    where gate = 'release' and outcome <> 'pass' and severity <> 'warning'
        and gate_run_id in (
            select arg_max(gate_run_id, ran_at) from quality.gate_runs
            where gate = 'release' group by study_id
        )
    order by 1, 2, 3
"""


_ROWS_OPEN = "select count(distinct row_id) from quality.quarantine where is_open"
_MISSING_SLIDES = """
    select samples.study_id, samples.slide_id, min(samples.batch_id), min(sheets.loaded_at)
    from raw.samples as samples
    inner join raw.files as sheets
        on samples.study_id = sheets.study_id and samples.file_sha256 = sheets.file_sha256
            and sheets.role = 'samples'
    where not exists (
        select 1 from raw.files as scans
        where scans.study_id = samples.study_id and scans.slide_id = samples.slide_id
            and scans.role = 'slide'
    )
    group by samples.study_id, samples.slide_id
    order by 1, 2
"""
#: A batch that breaks one of these rules is not complete: what else it breaks may mend itself.
INCOMPLETE = {"slides_delivered", "batch_delivered"}


@dataclass(frozen=True)
class State:
    """Rows for people: study, batch, status, failed rules; and study, what, which, rows, why.

    `n_rows_open` counts the rows in quarantine, each once.
    """

    batches: list[list[Any]]
    set_aside: list[list[Any]]
    n_rows_open: int = 0

    @property
    def n_held(self) -> int:
        """Batches that a rule keeps back and nobody has accepted."""
        return sum(row[2] == "held" for row in self.batches)

    @property
    def n_incomplete(self) -> int:
        """Held batches that lack files; they are judged anew when these come."""
        return sum(
            row[2] == "held" and bool(INCOMPLETE & set(row[3].split(", "))) for row in self.batches
        )


def of(home: Home) -> State:
    """Return the state of the build file; of the published one where that is being written."""
    con = _open(home)
    if con is None:
        return State([], [])
    try:
        batches = (
            _rows(con, _BATCHES) or _rows(con, _BATCHES_UNBUILT) or _rows(con, _BATCHES_PUBLISHED)
        )
        ((n_open,),) = _rows(con, _ROWS_OPEN) or [[0]]
        return State(batches, _rows(con, _SET_ASIDE), n_open)
    finally:
        con.close()


@dataclass(frozen=True)
class MissingSlide:
    """A slide that the sample sheet names and whose scan has not come, and since when."""

    study_id: str
    slide_id: str
    batch_id: str
    since: datetime


def missing_slides(home: Home) -> list[MissingSlide]:
    """Return the slides that the loaded sample sheets wait for."""
    con = _open(home)
    if con is None:
        return []
    try:
        return [MissingSlide(*row) for row in _rows(con, _MISSING_SLIDES)]
    finally:
        con.close()


def _open(home: Home) -> duckdb.DuckDBPyConnection | None:
    if home.build_path.exists():
        try:
            return duckdb.connect(
                str(home.build_path), read_only=True, config=connection_config(home)
            )
        except duckdb.IOException:
            pass  # a writer is at work: what is published can be read all the same
    return open_published(home) if home.published_path.exists() else None


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[list[Any]]:
    try:
        return [list(row) for row in con.execute(query).fetchall()]
    except duckdb.CatalogException:
        return []  # nothing has been built yet
