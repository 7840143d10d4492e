"""cytomart gate: judge batches that have no verdict for what they now hold."""

from __future__ import annotations

import sys

import click

from cytomart import pipeline, summary
from cytomart.front import Front, pass_front
from store.lock import writer_lock


@click.command("gate")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(front: Front, wait_s: float) -> None:
    """Judge every batch that is new or has changed since its last verdict."""
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        gates = pipeline.gate_step(front)
        n_held = summary.gate_lines(front, gates)
    if not gates:
        front.say("Nothing to judge: every batch has a verdict for what it holds.")
    front.give({"gates": summary.gate_facts(gates), "n_held": n_held})
    sys.exit(1 if n_held else 0)
