"""cytomart report: draw the report of the published generation again."""

from __future__ import annotations

import click

from contracts import failure
from cytomart import reporting
from cytomart.front import Front, pass_front
from store.publish import current


@click.command("report")
@pass_front
def command(front: Front) -> None:
    """Write the HTML report of the published generation."""
    generation = current(front.home)
    if generation is None:
        raise failure(
            "nothing is published yet",
            where=str(front.home.published_path),
            remedy="cytomart run STUDY-FOLDER",
        )
    with front.steps("Writing the report"):
        path = reporting.write(front, generation)
    front.say(f"Report: {path}")
    front.give({"report": str(path), "generation": generation.number})
