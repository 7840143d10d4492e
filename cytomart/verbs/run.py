"""cytomart run: everything that a new delivery needs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cytomart import inbox, pipeline, summary
from cytomart.front import Front, pass_front
from cytomart.reasons import Reasons, reason_options


@click.command("run")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--inbox", "drop", type=click.Path(path_type=Path), default=None,
    help="Drop folder that the data come through; finished files move to done/ inside it.",
)  # fmt: skip
@click.option(
    "--settle", "settle_s", type=click.FloatRange(0), default=10.0, show_default=True,
    help="Seconds for which a dropped file must not have changed.",
)  # fmt: skip
@reason_options
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(
    front: Front,
    folder: Path | None,
    drop: Path | None,
    settle_s: float,
    reasons: Reasons,
    wait_s: float,
) -> None:
    """Load what is new in FOLDER, judge, build, publish and report.

    Without FOLDER nothing is loaded: what stands in the warehouse is judged, built, published
    and reported again.

    With --inbox the data are taken from a drop folder, and FOLDER (or the drop folder itself)
    holds study.toml, plan, catalog and layouts. What is incomplete waits (exit code 0); finished
    files move to done/, refused ones to refused/ with a text beside. The last line sums up.
    """
    if drop is None:
        sys.exit(summary.close(front, pipeline.run(front, folder, reasons, wait_s=wait_s)))
    drop = Path(os.path.realpath(drop))
    own = Path(os.path.realpath(folder or drop))
    done = pipeline.run_inbox(front, own, drop, reasons, settle_s=settle_s, wait_s=wait_s)
    run = inbox.described(front.home, *done, is_own=own == drop)
    sys.exit(summary.close_inbox(front, run))
