"""cytomart include: let in again what was excluded."""

from __future__ import annotations

import sys

import click

from cytomart import excluding
from cytomart.excluding_options import wish_options
from cytomart.exclusions import Wish
from cytomart.front import Front, pass_front
from cytomart.reason_codes import INCLUDE


@click.command("include")
@wish_options(INCLUDE)
@pass_front
def command(front: Front, wish: Wish, is_preview: bool, wait_s: float) -> None:
    """Let an excluded thing in again, then build, publish and report.

    The exclusion stays on record; every number returns to what it was before it.
    """
    act = excluding.preview if is_preview else excluding.change
    sys.exit(act(front, wish, wait_s=wait_s))
