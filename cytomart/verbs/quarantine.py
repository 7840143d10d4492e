"""cytomart quarantine: the rows set aside; look at them, let them in, or give them up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from contracts import CytomartError
from cytomart import access, quarantine, vault
from cytomart.front import Front, pass_front
from cytomart.published_words import refuse_person
from ingest import deciding
from ingest.deciding import AsideRow
from ingest.decisions import RELEASED, WITHDRAWN
from store import ledger
from store.build import open_build
from store.lock import writer_lock

_HEADER = ["id", "study", "file", "slide or batch", "line", "column", "rule", "why", "load", "age",
           "state"]  # fmt: skip


@click.group("quarantine")
def command() -> None:
    """List, show, release or withdraw rows that were set aside.

    A row is closed by itself when its corrected table is loaded.
    """


@command.command("list")
@click.option("--all", "closed", is_flag=True, help="Also rows that are no longer open.")
@click.option("--files", "by_file", is_flag=True, help="The account of every file instead.")
@pass_front
def list_rows(front: Front, closed: bool, by_file: bool) -> None:
    """List open rows, without any value: which file, line, column, rule, since when."""
    with vault.reading(front.home) as con:
        found = quarantine.files(con) if by_file else quarantine.rows(con, closed=closed)
    if by_file:
        _show_files(front, found)
    else:
        _show_rows(front, found)
    front.give({"files" if by_file else "rows": found})


def _show_rows(front: Front, rows: Sequence[dict[str, Any]]) -> None:
    front.show("Rows set aside", _HEADER, [
        [r["row_id"], r["study_id"], r["file_name"] or r["role"],
         r["slide_id"] or r["batch_id"], r["source_line"], r["columns"], r["rules"], r["reasons"],
         r["load_id"], quarantine.age(r["set_aside_at"]), _state(r)]
        for r in rows
    ])  # fmt: skip
    front.say(f"{len(rows)} row{'' if len(rows) == 1 else 's'}.")
    if any(r["state"] == "open" for r in rows):
        front.say("Do: correct the table and load it again; or decide: "
                  f"{front.command} quarantine show ID, then release or withdraw.")  # fmt: skip


def _state(row: dict[str, Any]) -> str:
    if row["state"] == "open":
        return "open, may be released" if row["is_releasable"] else "open"
    why = f" by {row['decided_by']}: {row['decision_reason']}" if row["decision_reason"] else ""
    return f"{row['state']}{why}"


def _show_files(front: Front, rows: Sequence[dict[str, Any]]) -> None:
    header = ["study", "file", "status", "rows in", "= loaded", "+ unchanged", "+ set aside",
              "+ refused", "still open", "load"]  # fmt: skip
    front.show("Rows of every file", header, [
        [r["study_id"], f"slide {r['slide_id']}" if r["slide_id"] else r["role"], r["status"],
         r["n_rows_in"], r["n_rows_loaded"], r["n_rows_unchanged"], r["n_rows_quarantined"],
         r["n_rows_refused"], r["n_rows_open"], r["load_id"]]
        for r in rows
    ])  # fmt: skip


@command.command("show")
@click.argument("row_id", metavar="ID")
@pass_front
def show(front: Front, row_id: str) -> None:
    """Show a row as it was delivered, with what is wrong and what can be done.

    The row is read from the vault's archive, shown on this terminal and nowhere else; the look
    is logged in the vault.
    """
    with vault.reading(front.home) as con:
        row = deciding.find_row(con, row_id)
        cells = deciding.as_delivered(front.home, con, row)
    access.record(front.home, "quarantine show", {"row_id": row_id})
    faults = {c["column_name"]: c["reason"] for c in row.cells}
    front.say(f"{row.row_id}: study {row.study_id}, {row.role}, line {row.line}; {row.state}")
    front.show("As delivered", ["column", "cell"], [list(c) for c in cells])
    for column, reason in faults.items():
        front.say(f"! {column}: {reason}")
    front.say(f"Do: {_remedy(front, row)}")
    front.give({
        "row_id": row.row_id, "role": row.role, "line": row.line, "state": row.state,
        "is_releasable": row.is_releasable, "faults": faults, "row": dict(cells),
    })  # fmt: skip


def _remedy(front: Front, row: AsideRow) -> str:
    if row.state not in ("open", WITHDRAWN):
        return "nothing; the row is closed."
    verb = f"{front.command} quarantine"
    if row.is_releasable:
        return (f"correct the table and load it again; or, if it is right as it stands: {verb} "
                f"release {row.row_id} --reason 'why'.")  # fmt: skip
    why, remedy = deciding.not_releasable(
        next(c["rule_id"] for c in row.cells if not c["is_releasable"])
    )
    return (f"{remedy} (the row cannot be let in: {why}); or give it up: {verb} withdraw "
            f"{row.row_id} --reason 'why'.")  # fmt: skip


_IDS = click.argument("row_ids", metavar="ID...", nargs=-1, required=True)
_REASON = click.option("--reason", required=True, help="Why; it is published with the decision.")
_WAIT = click.option(
    "--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock."
)


@command.command("release")
@_IDS
@_REASON
@_WAIT
@pass_front
def release(front: Front, row_ids: tuple[str, ...], reason: str, wait_s: float) -> None:
    """Let rows in as they were delivered, and load them at once from the archive.

    Only rows whose cells are values that may stand: a date before the baseline, a day in the
    future, a score between two steps, an unusual protein or opioid dose. It holds in later
    versions of the table for as long as the row is the same.
    """
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        rows = _decide(front, row_ids, RELEASED, reason)
        states = _take_effect(front, rows, reason)
    for row in rows:
        if states.get(row.row_id) == RELEASED:
            front.say(f"{row.row_id} is let in as delivered.")
        else:
            front.say(f"{row.row_id} will be let in with the next load of its table.")
    _next(front, rows, RELEASED, states)


@command.command("withdraw")
@_IDS
@_REASON
@_WAIT
@pass_front
def withdraw(front: Front, row_ids: tuple[str, ...], reason: str, wait_s: float) -> None:
    """Give rows up: they stay on record, are no longer open, and hold no batch.

    Loading the same row again does not open it again; a corrected row still loads.
    """
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        rows = _decide(front, row_ids, WITHDRAWN, reason)
    for row in rows:
        front.say(f"{row.row_id} is given up; it stays on record.")
    _next(front, rows, WITHDRAWN, {r.row_id: WITHDRAWN for r in rows})


def _decide(front: Front, row_ids: Sequence[str], decision: str, reason: str) -> list[AsideRow]:
    con = open_build(front.home)
    try:
        refuse_person(con, reason, "reason")
        rows = [deciding.find_row(con, i) for i in dict.fromkeys(row_ids)]
        deciding.decide(con, rows, decision, reason)
    finally:
        con.close()
    for row in rows:
        ledger.append(front.home, "quarantine", row.study_id, {
            "decision": decision, "row_id": row.row_id, "role": row.role,
            "sha256": row.file_sha256, "line": row.line,
            "rules": sorted({c["rule_id"] for c in row.cells}), "reason": reason,
        })  # fmt: skip
    return rows


def _take_effect(front: Front, rows: Sequence[AsideRow], reason: str) -> dict[str, str]:
    """Load the tables in force again; return what became of each row."""
    con = open_build(front.home)
    try:
        for study_id in sorted({r.study_id for r in rows}):
            deciding.reload(front.home, con, study_id, reason)
        return {r.row_id: deciding.find_row(con, r.row_id).state for r in rows}
    except CytomartError as error:
        front.say(f"! the archive could not be loaded again: {error}")
        return {}
    finally:
        con.close()


def _next(front: Front, rows: Sequence[AsideRow], decision: str, states: dict[str, str]) -> None:
    front.say(f"Do: {front.command} run judges, builds and publishes with it.")
    front.give({"decision": decision, "rows": [
        {"row_id": r.row_id, "state": states.get(r.row_id, "open")} for r in rows]})  # fmt: skip
