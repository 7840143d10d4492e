"""cytomart run: everything that a new delivery needs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cytomart import pipeline, summary
from cytomart.front import Front, pass_front
from cytomart.reasons import Reasons, reason_options


@click.command("run")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@reason_options
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(
    front: Front,
    folder: Path | None,
    reasons: Reasons,
    wait_s: float,
) -> None:
    """Load what is new in FOLDER, judge, build, publish and report.

    Without FOLDER nothing is loaded: what stands in the warehouse is judged, built, published
    and reported again.
    """
    outcome = pipeline.run(
        front,
        folder,
        reasons,
        wait_s=wait_s,
    )
    sys.exit(summary.close(front, outcome))
