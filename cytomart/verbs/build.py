"""cytomart build: make all tables and statistics in the build file."""

from __future__ import annotations

import click

from contracts import CytomartError
from cytomart import pipeline
from cytomart.front import Front, pass_front
from store.lock import writer_lock


@click.command("build")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(front: Front, wait_s: float) -> None:
    """Build every table and statistic in the private build file; nothing is published."""
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        problems = pipeline.build_step(front)
    if problems:
        raise CytomartError(list(problems), exit_code=4)
    front.say("All tables and statistics are built. Next: cytomart publish")
    front.give({"built": True})
