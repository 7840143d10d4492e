"""cytomart ingest: load what is new in a study folder, and stop there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cytomart import pipeline, summary
from cytomart.front import Front, pass_front
from store.lock import writer_lock


@click.command("ingest")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--accept-corrections", is_flag=True, help="Let changed cells of clinical tables through."
)
@click.option("--supersede", is_flag=True, help="Replace slides that were scanned anew.")
@click.option("--reason", default="", help="Why; kept with every corrected cell and slide.")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(
    front: Front,
    folder: Path,
    accept_corrections: bool,
    supersede: bool,
    reason: str,
    wait_s: float,
) -> None:
    """Load what is new in FOLDER into the private build file; nothing is published."""
    if (accept_corrections or supersede) and not reason.strip():
        raise click.UsageError("--accept-corrections and --supersede need --reason 'why'.")
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        load = pipeline.ingest_step(
            front,
            folder,
            accept_corrections=reason if accept_corrections else None,
            supersede=reason if supersede else None,
        )
    summary.load_lines(front, load)
    front.give(summary.load_facts(load))
    sys.exit(load.exit_code)
