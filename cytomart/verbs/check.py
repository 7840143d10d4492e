"""cytomart check: every problem of a study folder with its cell, and what a load would do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cytomart.front import Front, pass_front
from prepare.check.checking import Check, Found, check
from prepare.check.workbook import write_workbook

#: Cells of one problem that stand on the terminal; the workbook has each.
_SHOWN = 4


@click.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--xlsx", "workbook", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the problems to FILE as well, a row each with a link to its cell.",
)  # fmt: skip
@pass_front
def command(front: Front, folder: Path, workbook: Path | None) -> None:
    """List every problem of the study FOLDER and say what a load would do; change nothing.

    Exit codes: 0 no problem, 1 problems, 2 no study folder that could be judged.
    """
    with front.steps(f"Checking {folder}") as steps:
        found = check(front.home, folder, on_progress=steps.at)
    show(front, found)
    if workbook is not None:
        write_workbook(found, workbook)
        front.say(f"Workbook: {workbook}")
    front.give({**facts(found), "workbook": str(workbook) if workbook else None})
    sys.exit(found.exit_code)


def show(front: Front, found: Check) -> None:
    """Print a check for a person."""
    front.show("Problems", ["effect", "file · sheet", "cell", "given", "allowed", "do"],
               _grouped(found.problems))  # fmt: skip
    if found.report is not None:
        for file in found.report.files:
            for note in file.notes:
                front.say(f"  {file.file_name}: {note}")
        for role, columns in (found.report.dropped_columns or {}).items():
            front.say(f"  {role}: columns not mapped, would not be kept: {', '.join(columns)}")
        for key in found.report.missing_keys:
            front.say(f"  {key.role}: {key.key} is no longer in the table; it would stay.")
    against = "" if found.has_home else " (there is no warehouse yet)"
    front.show(
        f"What a load would do, in rows{against}",
        ["file", "is", "would be", "rows", "add", "change", "leave", "set aside", "refuse/wait"],
        [[f.file_name, f.role, f.status, f.n_rows, f.n_add, f.n_change, f.n_leave, f.n_set_aside,
          f.n_refuse] for f in found.forecast],
    )  # fmt: skip
    if not found.forecast:
        front.say("A load would stop at study.toml: nothing would be loaded.")
    n = len(found.problems)
    if n:
        front.say(f"{n} {'problem' if n == 1 else 'problems'}; nothing was changed.")
    else:
        front.say(f"No problem; nothing was changed. Next: {front.command} run {found.folder}")


def _grouped(problems: Sequence[Found]) -> list[list[str]]:
    """Return a row a problem; the same problem of many cells stands once, with its cells."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for f in problems:
        file = " · ".join(p for p in (f.place.file_name, f.place.sheet) if p)
        key = (f.kind, file, f.problem.given, f.problem.allowed, f.problem.remedy)
        groups.setdefault(key, []).append(f.place.cell)
    return [[kind, file, _cells(cells), *words] for (kind, file, *words), cells in groups.items()]


def _cells(cells: Sequence[str]) -> str:
    if len(cells) <= _SHOWN:
        return ", ".join(c for c in cells if c)
    return f"{', '.join(cells[: _SHOWN - 1])} … {cells[-1]} ({len(cells)} cells)"


def facts(found: Check) -> dict[str, Any]:
    """Return a check for machines."""
    return {
        "folder": str(found.folder),
        "problems": [
            {"effect": f.kind, "role": f.role, "file": f.place.file_name, "sheet": f.place.sheet,
             "cell": f.place.cell, "given": f.problem.given, "allowed": f.problem.allowed,
             "do": f.problem.remedy}
            for f in found.problems
        ],
        "forecast": [
            {"file": f.file_name, "role": f.role, "status": f.status, "rows": f.n_rows,
             "add": f.n_add, "change": f.n_change, "leave": f.n_leave,
             "set_aside": f.n_set_aside, "refuse_or_wait": f.n_refuse}
            for f in found.forecast
        ],
        "exit_code": found.exit_code,
    }  # fmt: skip
