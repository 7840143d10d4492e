"""cytomart ingest: load what is new in a study folder, and stop there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cytomart import pipeline, summary
from cytomart.front import Front, pass_front
from cytomart.reasons import Reasons, reason_options
from store.lock import writer_lock


@click.command("ingest")
@click.argument("folder", type=click.Path(path_type=Path))
@reason_options
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(
    front: Front,
    folder: Path,
    reasons: Reasons,
    wait_s: float,
) -> None:
    """Load what is new in FOLDER into the private build file; nothing is published."""
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        load = pipeline.ingest_step(front, folder, reasons)
    summary.load_lines(front, load)
    front.give(summary.load_facts(load))
    sys.exit(load.exit_code)
