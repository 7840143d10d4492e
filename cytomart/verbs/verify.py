"""cytomart verify: is every byte as it was written?"""

from __future__ import annotations

import sys

import click

from cytomart.front import Front, pass_front
from store.verify import verify


@click.command("verify")
@pass_front
def command(front: Front) -> None:
    """Check the ledger's chain, every archived file, and the published warehouse."""
    with front.steps("Checking ledger, archive and published file"):
        findings = verify(front.home)
    for finding in findings:
        front.say(str(finding))
    if not findings:
        front.say("All is as it was written.")
    front.give({"findings": [str(f) for f in findings]})
    sys.exit(1 if findings else 0)
