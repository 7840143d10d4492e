"""cytomart reference: what arrays are normalised to; look at it, freeze it, supersede it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from cytomart import references, referencing, vault
from cytomart.front import Front, pass_front

_HEADER = ["background", "replicates", "method", "value", "unit", "arrays"]


@click.group("reference")
def command() -> None:
    """Show, freeze or supersede what arrays are normalised to.

    The first publication freezes it: the batches that study.toml names, else the first released
    one. From then on new batches are scaled to it, and it keeps its value when one of its arrays
    is excluded.
    """


@command.command("show")
@pass_front
def show(front: Front) -> None:
    """Say which reference each study has, since when and why, with its values."""
    told = []
    with vault.reading(front.home) as con:
        for study_id in references.studies(con):
            standing = references.decisions(con, study_id)
            if not standing:
                front.say(f"Study {study_id}: no reference is frozen yet; the first publication "
                          "freezes it.")  # fmt: skip
            for decision in standing:
                word = "in force" if decision is standing[-1] else "superseded"
                found = references.values(con, decision)
                front.say(
                    f"Study {study_id}: {decision.reference_id} ({word}): "
                    f"{', '.join(decision.batches)}; {decision.reason}; {decision.recorded_by}, "
                    f"{decision.recorded_at:%Y-%m-%d}."
                )
                front.show("", _HEADER, [_row(v) for v in found])
                told.append({"study_id": study_id, **references.facts(decision), "status": word,
                             "values": found})  # fmt: skip
        for line in references.departures(con):
            front.say(f"! {line}")
    front.give({"references": told})


def _row(value: dict[str, Any]) -> list[Any]:
    numbers = f"{value['lowest']:.6g}"
    if value["n_values"] > 1:
        numbers += f" to {value['highest']:.6g} ({value['n_values']} quantiles)"
    return [value["background_method"], value["replicate_rule"], value["normalisation_method"],
            numbers, value["unit"], value["n_arrays"]]  # fmt: skip


def _wish(verb: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--wait", "wait_s", type=float, default=0.0,
                     help="Seconds to wait for the lock."),
        click.option("--study", "study_id", default="", help="Study, where several are loaded."),
        click.option("--batch", "batches", multiple=True,
                     help="Batch whose arrays define it; may be given several times. Default: "
                     "what study.toml names, else the batches in use."),
    ):  # fmt: skip
        verb = option(verb)
    return verb


@command.command("freeze")
@click.option("--reason", default="frozen by hand", help="Why these batches; it is published.")
@_wish
@pass_front
def freeze(
    front: Front, batches: tuple[str, ...], study_id: str, wait_s: float, reason: str
) -> None:
    """Freeze the first reference now, on batches that are released; build and publish."""
    sys.exit(referencing.freeze(front, study_id, batches, reason, wait_s=wait_s))


@command.command("supersede")
@click.option("--reason", required=True, help="Why the old one no longer serves; it is published.")
@_wish
@pass_front
def supersede(
    front: Front, batches: tuple[str, ...], study_id: str, wait_s: float, reason: str
) -> None:
    """Put a new reference in place of the old one; build, publish, say what changed.

    Every normalised number of the study moves; the old reference and its values stay recorded.
    """
    sys.exit(referencing.supersede(front, study_id, batches, reason, wait_s=wait_s))
