"""The order of the rooms: ingest, batch gate, build, release gate, publish, report."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from pathlib import Path

import expectations
from contracts import CytomartError, Problem
from cytomart import dbt, fingerprint, references, reporting, state
from cytomart.front import Front
from cytomart.reasons import NO_REASONS, Reasons
from ingest.at_rest import UnstableError
from ingest.inbox import Inbox, as_it_is_now, look_in, refuse_unusable
from ingest.inbox_moves import Moved, move_settled
from ingest.load import load_study
from ingest.load_report import LoadReport
from stats.plan import check_contrasts, read_plan
from store import ledger
from store.build import open_build
from store.lock import writer_lock
from store.publish import Generation, publish


@dataclass(frozen=True)
class RunOutcome:
    """What a run did; `generation` is None where nothing was published."""

    load: LoadReport | None
    gates: tuple[expectations.GateRun, ...]
    generation: Generation | None
    is_unchanged: bool
    report: Path | None
    problems: tuple[Problem, ...] = ()
    problem_code: int = 4


def run(
    front: Front,
    folder: Path | None,
    reasons: Reasons = NO_REASONS,
    *,
    wait_s: float = 0.0,
) -> RunOutcome:
    """Take the lock and go the whole road; without a folder, start at the gate."""
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        load = ingest_step(front, folder, reasons) if folder is not None else None
        return onwards(front, load)


def run_inbox(
    front: Front,
    folder: Path,
    drop: Path,
    reasons: Reasons = NO_REASONS,
    *,
    settle_s: float,
    wait_s: float = 0.0,
) -> tuple[RunOutcome, Inbox, list[Moved]]:
    """Go the whole road with what lies at rest in a drop folder, and move what is settled.

    What is incomplete waits: where no batch can be released yet, nothing is built.
    """
    front.home.ensure()
    refuse_unusable(drop)
    inbox = look_in(drop, settle_s)
    with writer_lock(front.home, wait_s=wait_s):
        inbox = as_it_is_now(inbox)
        load, moved = _drop_step(front, folder, inbox, reasons)
        gates = gate_step(front)
        if not any(b[2] in ("released", "accepted") for b in state.of(front.home).batches):
            return RunOutcome(load, gates, None, False, None), inbox, moved
        outcome = onwards(front, load)
        return replace(outcome, gates=(*gates, *outcome.gates)), inbox, moved


def _drop_step(
    front: Front, folder: Path, inbox: Inbox, reasons: Reasons
) -> tuple[LoadReport | None, list[Moved]]:
    """Load what lies at rest and move what is settled; a file that still changes waits."""
    try:
        load = ingest_step(front, folder, reasons, inbox)
    except UnstableError as unstable:
        front.say(f"! waiting: {unstable}")
        return None, []
    con = open_build(front.home)
    try:
        return load, move_settled(con, inbox, load)
    finally:
        con.close()


def onwards(front: Front, load: LoadReport | None) -> RunOutcome:
    """Judge, build, release, publish and report what is loaded; the caller holds the lock."""
    gates = gate_step(front)
    inputs = fingerprint.of(front.home)
    standing = fingerprint.standing(front.home, inputs)
    if standing is not None:
        path = front.home.reports_dir / "latest.html"
        return RunOutcome(load, gates, standing, True, path if path.exists() else None)
    if problems := plan_problems(front):
        return RunOutcome(load, gates, None, False, None, problems, problem_code=2)
    if problems := build_step(front):
        return RunOutcome(load, gates, None, False, None, problems, problem_code=4)
    release, problems = release_step(front)
    gates = (*gates, *release)
    if problems:
        return RunOutcome(load, gates, None, False, None, problems, problem_code=1)
    generation = publish_step(front, inputs)
    return RunOutcome(load, gates, generation, False, reporting.write(front, generation))


def ingest_step(
    front: Front, folder: Path, reasons: Reasons = NO_REASONS, inbox: Inbox | None = None
) -> LoadReport:
    """Load what is new in a study folder, or in the drop folder that brings its data."""
    with front.steps(f"Reading {inbox.folder if inbox else folder}"):
        con = open_build(front.home)
        try:
            return load_study(
                front.home,
                con,
                folder,
                accept_corrections=reasons.accept_corrections,
                supersede_reason=reasons.supersede,
                remove_reason=reasons.remove,
                inbox=inbox,
            )
        finally:
            con.close()


def gate_step(front: Front) -> tuple[expectations.GateRun, ...]:
    """Judge every batch whose present content has no verdict yet."""
    con = open_build(front.home)
    try:
        pending = expectations.pending_batches(con)
        runs = []
        if pending:
            with front.steps("Judging new batches") as steps:
                for done, (study_id, batch_id) in enumerate(pending):
                    steps.at(done, len(pending))
                    gate_run = expectations.run_batch_gate(con, study_id, batch_id)
                    ledger.append(front.home, "gate", study_id, _gate_facts(gate_run))
                    runs.append(gate_run)
                steps.at(len(pending), len(pending))
        return tuple(runs)
    finally:
        con.close()


def plan_problems(front: Front) -> tuple[Problem, ...]:
    """Return what the statistics would refuse in the plans, before anything is built."""
    con = open_build(front.home)
    try:
        check_contrasts(read_plan(con.execute("select * from raw.plan").to_arrow_table()))
    except CytomartError as error:
        return tuple(error.problems)
    finally:
        con.close()
    return ()


def build_step(front: Front) -> tuple[Problem, ...]:
    """Build all tables; return what failed."""
    inputs = fingerprint.of(front.home)
    fingerprint.mark_built(front.home, None)
    with front.steps("Building tables and statistics") as steps:
        failures = dbt.build(front.home, steps.at).failures
    if not failures:
        fingerprint.mark_built(front.home, inputs)
    return failures


def build_where_stale(front: Front) -> str:
    """Judge and build what has come since the last build; return the fingerprint of the inputs.

    Without it tables of yesterday would go out beside the files and verdicts of today.
    """
    gate_step(front)
    inputs = fingerprint.of(front.home)
    if fingerprint.is_built(front.home, inputs):
        return inputs
    if problems := plan_problems(front):
        raise CytomartError(list(problems), exit_code=2)
    if problems := build_step(front):
        raise CytomartError(list(problems), exit_code=4)
    return inputs


def release_step(front: Front) -> tuple[tuple[expectations.GateRun, ...], tuple[Problem, ...]]:
    """Judge the built marts of every study; return the runs and why they may not go out."""
    con = open_build(front.home)
    try:
        studies = [
            r[0] for r in con.execute("select study_id from raw.studies order by 1").fetchall()
        ]
        runs: list[expectations.GateRun] = []
        problems: list[Problem] = []
        with front.steps("Judging the release"):
            for study_id in studies:
                gate_run = expectations.run_release_gate(con, study_id)
                ledger.append(front.home, "gate", study_id, _gate_facts(gate_run))
                runs.append(gate_run)
                if gate_run.verdict != "released":
                    problems += _release_problems(gate_run)
        return tuple(runs), tuple(problems)
    finally:
        con.close()


def publish_step(front: Front, inputs: str) -> Generation:
    """Copy the build file without identifying tables and put it in place of the published one."""
    with front.steps("Publishing"):
        con = open_build(front.home)
        try:
            studies = [
                r[0] for r in con.execute("select study_id from raw.studies order by 1").fetchall()
            ]
            references.record(con, front.home, getpass.getuser())
            departures = references.departures(con)
            ledger.sync(con, front.home)
        finally:
            con.close()
        generation = publish(front.home, study_ids=studies, note={"inputs": inputs})
    for line in departures:
        front.say(f"! {line}; to change it: {front.command} reference supersede --reason TEXT")
    return generation


def exit_code(outcome: RunOutcome, n_held: int) -> int:
    """Return 0 all loaded and released, 1 something held or refused, 2 nothing done, 4 a fault."""
    load_code = outcome.load.exit_code if outcome.load is not None else 0
    if outcome.problems:
        return outcome.problem_code
    return load_code or (1 if n_held else 0)


def _gate_facts(gate_run: expectations.GateRun) -> dict[str, object]:
    return {
        "gate": gate_run.gate,
        "scope_id": gate_run.scope_id,
        "verdict": gate_run.verdict,
        "content_hash": gate_run.content_hash,
        "failed_rules": [r.rule_id for r in gate_run.results if r.outcome != "pass"],
    }


#: Where this rule fails no table holds a row, and most other rules fail for that reason alone.
_NOTHING_RELEASED = "some_batch_released"


def _release_problems(gate_run: expectations.GateRun) -> list[Problem]:
    if any(r.rule_id == _NOTHING_RELEASED and r.outcome != "pass" for r in gate_run.results):
        return [
            Problem(
                "no batch is released, so there is nothing to publish",
                where=f"study {gate_run.study_id}",
                remedy="mend what holds the batches, or accept it; see cytomart status",
            )
        ]
    return [
        Problem(
            f"the release is held by rule {r.rule_id}: {r.message}",
            where=f"study {gate_run.study_id}",
            remedy="the published warehouse stays as it was; see cytomart status",
        )
        for r in gate_run.results
        if r.outcome != "pass" and r.severity != "warning"
    ]
