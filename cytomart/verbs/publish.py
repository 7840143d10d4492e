"""cytomart publish: judge what was built, and put it in place of the published warehouse."""

from __future__ import annotations

import click

from contracts import CytomartError
from cytomart import fingerprint, pipeline
from cytomart.front import Front, pass_front
from store.lock import writer_lock


@click.command("publish")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(front: Front, wait_s: float) -> None:
    """Judge the built tables and, when the release gate is green, publish them."""
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        _, problems = pipeline.release_step(front)
        if problems:
            raise CytomartError(list(problems), exit_code=1)
        generation = pipeline.publish_step(front, fingerprint.of(front.home))
    front.say(f"Published generation {generation.number}: {front.home.published_path}")
    front.give({"generation": generation.number, "sha256": generation.sha256})
