"""cytomart status: what stands in the warehouse, and what it waits for."""

from __future__ import annotations

import click

from cytomart import state
from cytomart.front import Front, pass_front
from store.publish import current


@click.command("status")
@pass_front
def command(front: Front) -> None:
    """Show the published generation, every batch with its verdict, and what was set aside."""
    generation = current(front.home)
    standing = state.of(front.home)
    if generation is None:
        front.say(f"Nothing is published yet in {front.home.root}. Start: cytomart run FOLDER")
    else:
        front.say(f"Generation {generation.number}: {front.home.published_path}")
    front.show("Batches", ["study", "batch", "status", "broken rules"], standing.batches)
    front.show("Set aside", ["study", "what", "which", "rows", "why"], standing.set_aside)
    front.give(
        {
            "generation": generation.number if generation else None,
            "batches": standing.batches,
            "set_aside": standing.set_aside,
        }
    )
