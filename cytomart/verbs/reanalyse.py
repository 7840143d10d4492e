"""cytomart reanalyse: a complete analysis with another signal variant, beside the release."""

from __future__ import annotations

import getpass
import sys
from typing import Any

import click

from cytomart import fingerprint, pipeline, reanalyses, rehearsal, summary, which_study
from cytomart.front import Front, pass_front
from cytomart.reanalyses import Wish
from store import ledger
from store.build import open_build
from store.lock import writer_lock

_WORDS = {"gained": "gained", "lost": "lost", "sign": "other sign"}


@click.command("reanalyse")
@click.option("--name", required=True, help="Name of the analysis, such as reviewer-2.")
@click.option(
    "--variant",
    "variant_id",
    default="",
    help="Signal variant to compute it with (marts.dim_variants lists them).",
)
@click.option("--withdraw", is_flag=True, help="Take the named analysis away again.")
@click.option("--note", default="", help="Why, in words; it is published.")
@click.option("--study", "study_id", default="", help="Study, where several are loaded.")
@click.option("--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock.")
@pass_front
def command(
    front: Front,
    name: str,
    variant_id: str,
    withdraw: bool,
    note: str,
    study_id: str,
    wait_s: float,
) -> None:
    """Compute a complete analysis with another signal variant, and compare it with the release.

    Measurements, fold changes, tests and hit list of the variant stand beside those of the
    primary one, under its variant_id; reporting.rpt_reanalyses compares them. The primary
    analysis stays what it is.
    """
    if withdraw == bool(variant_id):
        raise click.UsageError("give either --variant ID or --withdraw")
    rehearsal.demand_loaded(front.home)
    with writer_lock(front.home, wait_s=wait_s):
        pipeline.build_where_stale(front)
        con = open_build(front.home)
        try:
            study = which_study.of(con, study_id)
            wish = reanalyses.check(con, Wish(study, name, variant_id, note))
            reanalyses.record(con, wish, getpass.getuser())
        finally:
            con.close()
        ledger.append(front.home, "reanalyse", study, reanalyses.facts(wish))
        outcome = pipeline.onwards(front, None)
        found = []
        if fingerprint.is_built(front.home, fingerprint.of(front.home)):
            con = open_build(front.home)
            try:
                found = reanalyses.differences(con, wish)
            finally:
                con.close()
    _tell(front, wish, found)
    sys.exit(summary.close(front, outcome, {**reanalyses.facts(wish), "results": found}))


def _tell(front: Front, wish: Wish, found: list[dict[str, Any]]) -> None:
    if not wish.is_active:
        front.say(f"Analysis {wish.name} is withdrawn.")
        return
    front.show(
        f"Where {wish.name} ({wish.variant_id}) differs from the primary analysis:",
        ["contrast", "target", "what", "primary", "named"],
        [[r["contrast_id"], r["analyte_name"], _WORDS[r["comparison"]],
          _words(r["primary_log2fc"], r["primary_p_adjusted"]),
          _words(r["named_log2fc"], r["named_p_adjusted"])]
         for r in found if r["comparison"] in _WORDS],
    )  # fmt: skip
    counts = {w: sum(r["comparison"] == w for r in found) for w in _WORDS}
    both = sum(r["comparison"] == "hit_in_both" for r in found)
    front.say(
        f"Analysis {wish.name}: {counts['gained']} hits gained, {counts['lost']} lost, "
        f"{counts['sign']} of other sign, {both} in both, of {len(found)} results."
    )
    front.say("All of it: reporting.rpt_reanalyses and reporting.rpt_variant_differential.")


def _words(change: float | None, p_adjusted: float | None) -> str:
    if change is None or p_adjusted is None:
        return "not computed"
    return f"{change:+.2f} log2, BH p {p_adjusted:.2g}"
