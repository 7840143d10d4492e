"""cytomart history: what stood earlier, who changed it, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from cytomart import access, history, vault
from cytomart.front import Front, pass_front
from cytomart.history import Wanted

_TABLES = [
    "patients",
    "samples",
    "assessments",
    "analgesics",
    "plan",
    "slide",
    "catalog",
    "claims",
    "layout",
    "study",
]


@click.command("history")
@click.argument("ident", metavar="[ID]", default="")
@click.option("--study", "study_id", default="", help="Only this study.")
@click.option("--table", type=click.Choice(_TABLES), default=None, help="Only this table.")
@click.option("--column", default="", help="Only this column.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Only from this day on (UTC)."
)
@click.option(
    "--versions", is_flag=True, help="List the versions of files instead; ID is then a slide."
)
@pass_front
def command(
    front: Front,
    ident: str,
    study_id: str,
    table: str | None,
    column: str,
    since: datetime | None,
    versions: bool,
) -> None:
    """Show every earlier value of clinical cells: who changed it, when, why, old → new.

    Changes of the plan stand below: each analysis that was added, changed or removed since the
    plan was first loaded, and whether data had come before.

    ID is a patient, a sample or an analysis. Values of patients are shown: the history stands
    in the vault, is readable with its rights alone, and every look is logged there.
    """
    wanted = Wanted(ident, study_id, table or "", column, since.date() if since else None)
    with vault.reading(front.home) as con:
        found = history.versions(con, front.home, wanted) if versions else None
        rows = history.cells(con, wanted) if found is None else found
        planned = history.plan_changes(con, wanted) if found is None else []
    access.record(front.home, "history", {"is_versions": versions, "n_rows": len(rows)})
    if versions:
        _show_versions(front, rows)
    else:
        _show_cells(front, rows)
        _show_plan(front, planned)
    front.give({"history": rows, **({} if versions else {"plan_changes": planned})})


def _show_cells(front: Front, rows: list[dict[str, Any]]) -> None:
    if not rows:
        front.say("No cell was corrected or removed.")
    header = ["when", "who", "table", "row", "column", "old", "new", "why", "load", "file"]
    front.show("Earlier values", header, [
        [f"{r['changed_at']:%Y-%m-%d %H:%M}", r["changed_by"], r["table"], r["row"],
         r["column_name"], r["old_text"], _after(r), r["reason"], r["load_id"],
         r["file_name"] or r["new_file_sha256"][:12]]
        for r in rows
    ])  # fmt: skip


def _show_plan(front: Front, rows: list[dict[str, Any]]) -> None:
    header = ["when", "who", "analysis", "was", "cells", "after data", "after generation", "why",
              "plan"]  # fmt: skip
    front.show("Changes of the plan", header, [
        [f"{r['changed_at']:%Y-%m-%d %H:%M}", r["changed_by"], r["analysis_id"], r["change"],
         r["change_text"], "yes" if r["is_after_data"] else "no",
         r["published_generation"], r["reason"],
         f"{r['plan_hash_before'][:12]} → {r['plan_hash_after'][:12]}"]
        for r in rows
    ])  # fmt: skip


def _after(row: dict[str, Any]) -> str:
    return "(none)" if row["new_text"] is None else str(row["new_text"])


def _show_versions(front: Front, rows: list[dict[str, Any]]) -> None:
    if not rows:
        front.say("No file was loaded.")
    header = ["study", "file", "version", "when", "who", "sha256", "rows", "news", "removed", "why",
              "load"]  # fmt: skip
    front.show("Versions", header, [
        [r["study_id"], _file(r), r["version_number"], f"{r['loaded_at']:%Y-%m-%d %H:%M}",
         r["changed_by"], r["file_sha256"][:12], r["n_rows_in"], r["n_rows_loaded"],
         r["n_rows_removed"], r["reason"], r["load_id"]]
        for r in rows
    ])  # fmt: skip


def _file(row: dict[str, Any]) -> str:
    name = f"slide {row['slide_id']}" if row["role"] == "slide" else str(row["role"])
    return f"{name} (taken away)" if row["status"] == "removed" else name
