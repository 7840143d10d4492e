"""cytomart exclude: take a spot, target, array, sample or person out of the numbers."""

from __future__ import annotations

import sys

import click

from cytomart import excluding
from cytomart.excluding_options import wish_options
from cytomart.exclusions import Wish
from cytomart.front import Front, pass_front
from cytomart.reason_codes import EXCLUDE


@click.command("exclude")
@wish_options(EXCLUDE)
@pass_front
def command(front: Front, wish: Wish, is_preview: bool, wait_s: float) -> None:
    """Take a thing out of the numbers, then build, publish and report.

    ID is the id as published; a spot is SLIDE/B3/R1/C16 (Block, row, column). What is measured
    stays in the warehouse, with the reason beside it, and `cytomart include` lets it in again.
    Says which hits of the primary analysis were gained, lost or point the other way.
    """
    act = excluding.preview if is_preview else excluding.change
    sys.exit(act(front, wish, wait_s=wait_s))
