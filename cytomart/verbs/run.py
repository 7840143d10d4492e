"""cytomart run: everything that a new delivery needs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cytomart import pipeline, summary
from cytomart.front import Front, pass_front


@click.command("run")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--accept-corrections", is_flag=True, help="Let changed cells of clinical tables through."
)
@click.option("--supersede", is_flag=True, help="Replace slides that were scanned anew.")
@click.option("--reason", default="", help="Why; kept with every corrected cell and slide.")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(
    front: Front,
    folder: Path | None,
    accept_corrections: bool,
    supersede: bool,
    reason: str,
    wait_s: float,
) -> None:
    """Load what is new in FOLDER, judge, build, publish and report.

    Without FOLDER nothing is loaded: what stands in the warehouse is judged, built, published
    and reported again.
    """
    if (accept_corrections or supersede) and not reason.strip():
        raise click.UsageError("--accept-corrections and --supersede need --reason 'why'.")
    outcome = pipeline.run(
        front,
        folder,
        accept_corrections=reason if accept_corrections else None,
        supersede=reason if supersede else None,
        wait_s=wait_s,
    )
    sys.exit(summary.close(front, outcome))
