"""cytomart status: what stands in the warehouse, and what it waits for."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from contracts import CytomartError
from cytomart import comparability, monitor, state
from cytomart.front import Front, pass_front
from store.publish import current


@click.command("status")
@click.option("--check", "is_check", is_flag=True, help="One line for a monitor, see below.")
@click.option(
    "--inbox", "drop", type=click.Path(path_type=Path), default=None,
    help="With --check: drop folder whose files count as waiting.",
)  # fmt: skip
@click.option(
    "--max-age", "max_age_h", type=click.FloatRange(0), default=24.0, show_default=True,
    help="With --check: hours that a delivery may wait.",
)  # fmt: skip
@pass_front
def command(front: Front, is_check: bool, drop: Path | None, max_age_h: float) -> None:
    """Show the published generation, every batch with its verdict, and what was set aside.

    With --check one line is printed, with figures after a bar as monitoring plugins print them.
    Exit code 0 OK; 1 WARNING: rows in quarantine, files refused, a delivery that waits for longer
    than --max-age, or nothing published; 2 CRITICAL: a batch or the release is held, or the
    warehouse cannot be read. It takes no lock and changes nothing.
    """
    if is_check:
        sys.exit(_check(front, drop, max_age_h))
    generation = current(front.home)
    standing = state.of(front.home)
    if generation is None:
        front.say(f"Nothing is published yet in {front.home.root}. Start: cytomart run FOLDER")
    else:
        front.say(f"Generation {generation.number}: {front.home.published_path}")
    front.show("Batches", ["study", "batch", "status", "broken rules"], standing.batches)
    front.show("Set aside", ["study", "what", "which", "rows", "why"], standing.set_aside)
    lots = comparability.tell(front) if generation else []
    front.give(
        {
            "generation": generation.number if generation else None,
            "lots": lots,
            "batches": standing.batches,
            "set_aside": standing.set_aside,
        }
    )


def _check(front: Front, drop: Path | None, max_age_h: float) -> int:
    try:
        found = monitor.health(front.home, drop)
    except CytomartError as error:
        front.say(f"CYTOMART CRITICAL: {error}")
        front.give({"level": "CRITICAL", "error": str(error)})
        return monitor.CRITICAL
    code = monitor.level(found, max_age_h)
    front.say(monitor.line(found, max_age_h))
    front.give({**asdict(found), "exit_code": code})
    return code
