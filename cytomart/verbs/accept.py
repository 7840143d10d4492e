"""cytomart accept: let a held batch through, with a reason that stays visible."""

from __future__ import annotations

import getpass
import sys

import click

import expectations
from cytomart import pipeline, summary
from cytomart.front import Front, pass_front
from cytomart.published_words import refuse_person
from store import ledger
from store.build import open_build
from store.lock import writer_lock


@click.command("accept")
@click.argument("batch_id")
@click.argument("rule_id")
@click.option("--study", "study_id", default="", help="Study, where several have such a batch.")
@click.option("--reason", required=True, help="Why the failed rule may stand; it is published.")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(
    front: Front, batch_id: str, rule_id: str, study_id: str, reason: str, wait_s: float
) -> None:
    """Accept that RULE_ID fails for BATCH_ID, then build, publish and report.

    The acceptance shows in the report, the methods and the exports. Integrity rules cannot be
    accepted.
    """
    front.home.ensure()
    with writer_lock(front.home, wait_s=wait_s):
        con = open_build(front.home)
        try:
            refuse_person(con, reason, "reason")
            study = study_id or expectations.study_of(con, batch_id)
            expectations.accept(con, study, batch_id, rule_id, reason, getpass.getuser())
        finally:
            con.close()
        ledger.append(
            front.home,
            "accept",
            study,
            {"batch_id": batch_id, "rule_id": rule_id, "reason": reason},
        )
    front.say(f"Accepted: {rule_id} of batch {batch_id}.")
    sys.exit(summary.close(front, pipeline.run(front, None, wait_s=wait_s)))
