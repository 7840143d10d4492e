"""What stands about batches: which wait for a verdict, and which study a batch belongs to."""

from __future__ import annotations

from datetime import datetime

from duckdb import DuckDBPyConnection

from contracts import failure
from expectations.batch_rules import batch_suite
from expectations.results import SUITE_COMPLETE
from expectations.thresholds import in_force


def pending_batches(con: DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return (study_id, batch_id) of every batch without a verdict on what it holds now.

    A verdict that was given with other rules or other thresholds than those in force counts for
    nothing either: a threshold that a study changes takes effect. Nor does one that held a batch
    for its rows in quarantine before some of them were decided on.
    """
    rows = con.execute(
        "select c.study_id, c.batch_id, r.gate_run_id, r.ran_at from quality.batch_contents as c "
        "left join quality.gate_runs as r on c.study_id = r.study_id and r.gate = 'batch' "
        "and c.batch_id = r.scope_id and c.content_hash = r.content_hash "
        "qualify row_number() over (partition by c.study_id, c.batch_id "
        "order by r.ran_at desc nulls last, r.gate_run_id asc) = 1 "
        "order by c.study_id, c.batch_id"
    ).fetchall()
    return [
        (study_id, batch_id)
        for study_id, batch_id, run_id, ran_at in rows
        if run_id is None
        or not _still_holds(con, study_id, batch_id, run_id)
        or _is_decided_since(con, study_id, run_id, ran_at)
    ]


def _is_decided_since(
    con: DuckDBPyConnection, study_id: str, run_id: str, ran_at: datetime
) -> bool:
    """Return whether rows were decided on after a run that held its batch for rows set aside."""
    found = con.execute(
        "select count(*) from quality.gate_results as r inner join quality.quarantine_decisions "
        "as d on r.study_id = d.study_id and d.decided_at > ? where r.study_id = ? and "
        "r.gate_run_id = ? and r.rule_id = 'rows_set_aside' and r.outcome <> 'pass'",
        [ran_at, study_id, run_id],
    ).fetchone()
    return bool(found and found[0])


def study_of(con: DuckDBPyConnection, batch_id: str) -> str:
    """Return the study of a batch.

    Raises
    ------
    CytomartError
        No study has such a batch, or several have.
    """
    found = con.execute(
        "select study_id from quality.batch_contents where batch_id = ? order by all", [batch_id]
    ).fetchall()
    if len(found) == 1:
        return str(found[0][0])
    known = con.execute("select distinct batch_id from quality.batch_contents order by all")
    raise failure(
        f"{len(found) or 'no'} studies have a batch {batch_id}",
        allowed=", ".join(b for (b,) in known.fetchall()) or "no batch is loaded",
        remedy="name the study with --study" if found else "name a batch of `cytomart status`",
    )


def _still_holds(con: DuckDBPyConnection, study_id: str, batch_id: str, run_id: str) -> bool:
    asked = dict(
        con.execute(
            "select rule_id, threshold from quality.gate_results where gate_run_id = ?", [run_id]
        ).fetchall()
    )
    asked.pop(SUITE_COMPLETE, None)
    thresholds = in_force(con, study_id)
    suite = [rule.rule_id for rule in batch_suite(con, study_id, batch_id)]
    return asked == {r: thresholds[r].value if r in thresholds else None for r in suite}
