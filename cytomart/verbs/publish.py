"""cytomart publish: judge what was built, and put it in place of the published warehouse."""

from __future__ import annotations

import sys

import click

from contracts import CytomartError
from cytomart import pipeline, state
from cytomart.front import Front, pass_front
from store.lock import writer_lock


@click.command("publish")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(front: Front, wait_s: float) -> None:
    """Judge the built tables and, when the release gate is green, publish them.

    Batches without a verdict are judged first, and tables that are older than what is loaded are
    built anew.
    """
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        inputs = pipeline.build_where_stale(front)
        _, problems = pipeline.release_step(front)
        if problems:
            raise CytomartError(list(problems), exit_code=1)
        generation = pipeline.publish_step(front, inputs)
        n_held = state.of(front.home).n_held
    front.say(f"Published generation {generation.number}: {front.home.published_path}")
    if n_held:
        front.say(f"Batches held, not in it: {n_held}. Which and why: {front.command} status")
    front.give({"generation": generation.number, "sha256": generation.sha256, "n_held": n_held})
    sys.exit(1 if n_held else 0)
