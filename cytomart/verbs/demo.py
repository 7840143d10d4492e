"""cytomart demo: the synthetic founding study, the whole road."""

from __future__ import annotations

import sys

import click

from cytomart import pipeline, summary
from cytomart.front import Front, pass_front
from simulate.founding import write_founding_study


@click.command("demo")
@click.option(
    "--seed", type=int, default=7, show_default=True, help="Another seed: other patients."
)
@pass_front
def command(front: Front, seed: int) -> None:
    """Make the SYNTHETIC founding study and run everything on it."""
    folder = front.home.root / ("demo-study" if seed == 7 else f"demo-study-{seed}")
    front.say("SYNTHETIC data: simulated after a published study; nobody's blood was measured.")
    if not (folder / "study.toml").exists():
        with front.steps("Simulating the study"):
            write_founding_study(folder, seed=seed)
    front.say(f"Study folder: {folder}")
    outcome = pipeline.run(front, folder)
    code = summary.close(front, outcome)
    front.say(f'Try: {front.command} sql "select * from reporting.rpt_differential where is_hit"')
    sys.exit(code)
