"""Let a held batch through, rule by rule, with a reason that stays visible."""

from __future__ import annotations

from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from contracts import CytomartError, failure, from_rows
from contracts.quality import ACCEPTANCES
from expectations.gate import content_hash
from store import build

_MEND = "mend the files and load them again"


def accept(
    con: DuckDBPyConnection, study_id: str, batch_id: str, rule_id: str, reason: str, user: str
) -> None:
    """Record that a failed critical rule may stand for what the batch holds now.

    The acceptance is void as soon as the batch's content changes.

    Raises
    ------
    CytomartError
        The batch or rule is unknown, was not judged, did not fail, cannot be accepted
        (integrity rules, rules without an answer), needs no acceptance (warnings), is accepted
        already, or the reason is blank.
    """
    content = content_hash(con, study_id, batch_id)
    if not reason.strip():
        raise failure(
            f"no reason is given for rule {rule_id}",
            where=f"batch {batch_id}",
            allowed="a reason in words; it is shown in the report and in every export",
            remedy='add --reason "…"',
        )
    if not user.strip():
        raise failure("nobody is named who accepts", where=f"batch {batch_id}", exit_code=4)
    _demand_acceptable(con, study_id, batch_id, content, rule_id)
    row = {
        "study_id": study_id,
        "batch_id": batch_id,
        "rule_id": rule_id,
        "content_hash": content,
        "reason": reason.strip(),
        "accepted_by": user.strip(),
        "accepted_at": datetime.now(UTC),
    }
    build.append(con, ACCEPTANCES, from_rows([row], ACCEPTANCES))


def _demand_acceptable(
    con: DuckDBPyConnection, study_id: str, batch_id: str, content: str, rule_id: str
) -> None:
    answers = _latest_answers(con, study_id, batch_id, content)
    open_rules = sorted(r for r, a in answers.items() if a == ("critical", "fail"))

    def refused(what: str, remedy: str = "") -> CytomartError:
        allowed = ", ".join(open_rules) or "no rule of this batch"
        return failure(what, where=f"batch {batch_id}", allowed=allowed, remedy=remedy)

    if not answers:
        raise failure(
            f"batch {batch_id} has no verdict on what it holds now",
            where=f"study {study_id}",
            remedy="run `cytomart gate` first",
        )
    if rule_id not in answers:
        raise refused(f"the batch was not asked about a rule {rule_id!r}")
    severity, outcome = answers[rule_id]
    if outcome == "pass":
        raise refused(f"rule {rule_id} did not fail")
    if severity == "integrity":
        raise refused(
            f"rule {rule_id} guards the integrity of the data and cannot be accepted", _MEND
        )
    if outcome == "error":
        raise refused(f"rule {rule_id} gave no answer and cannot be accepted", _MEND)
    if severity == "warning":
        raise refused(f"rule {rule_id} is a warning and holds nothing")
    done = con.execute(
        "select accepted_by from quality.acceptances where study_id = ? and batch_id = ? "
        "and rule_id = ? and content_hash = ?",
        [study_id, batch_id, rule_id, content],
    ).fetchone()
    if done is not None:
        raise refused(f"rule {rule_id} is accepted already, by {done[0]}")


def _latest_answers(
    con: DuckDBPyConnection, study_id: str, batch_id: str, content: str
) -> dict[str, tuple[str, str]]:
    rows = con.execute(
        "select rule_id, severity, outcome from quality.gate_results where gate_run_id = ("
        "select gate_run_id from quality.gate_runs where study_id = ? and gate = 'batch' "
        "and scope_id = ? and content_hash = ? order by ran_at desc, gate_run_id asc limit 1)",
        [study_id, batch_id, content],
    ).fetchall()
    return {rule_id: (severity, outcome) for rule_id, severity, outcome in rows}
