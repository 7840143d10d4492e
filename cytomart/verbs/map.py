"""cytomart map: propose how another system's export becomes patients and assessments."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cytomart.front import Front, pass_front
from ingest.redcap.mapper import MapReport, compare_mapping, propose_mapping
from ingest.redcap.mapping import FILE_NAME

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("map")
def command() -> None:
    """Propose how an export of another system becomes patients and assessments."""


@command.command("redcap")
@click.argument("export", type=_FILE)
@click.option("--dictionary", type=_FILE, required=True, help="The project's data dictionary, CSV.")
@click.option(
    "--study",
    type=click.Path(path_type=Path, file_okay=False),
    help="Study folder whose study.toml says what is wanted; the mapping is written there.",
)
@click.option("--out", type=_FILE, help=f"Where to write the mapping. Default: {FILE_NAME} there.")
@click.option("--missing-code", "missing_codes", multiple=True, help="A code that means no value.")
@click.option("--overwrite", is_flag=True, help="Replace a mapping that is there.")
@pass_front
def redcap(
    front: Front,
    export: Path,
    dictionary: Path,
    study: Path | None,
    out: Path | None,
    missing_codes: tuple[str, ...],
    overwrite: bool,
) -> None:
    """Map EXPORT (CSV, raw data), or compare it with the mapping that is there.

    The mapping stays in the study folder and is used at every load: each new export is put there
    and loads by itself. Where the project has changed since, that is said.
    """
    target = out or (study / FILE_NAME if study else None)
    if target is not None and target.exists() and not overwrite:
        sys.exit(_compared(front, target, compare_mapping(target, export, dictionary)))
    report = propose_mapping(export, dictionary, study, missing_codes)
    for note in report.notes:
        front.say(f"  {export.name}: {note}")
    if target is None:
        click.echo(report.text) if not front.as_json else None
    else:
        target.write_text(report.text, encoding="utf-8")
        front.say(f'Wrote {target}: {report.n_open} lines to decide ("?").')
        front.say("Do: look through it, put the export into the study folder, then: "
                  f"{front.command} check {study or 'DIR'}")  # fmt: skip
    front.give({"mapping": str(target) if target else report.text, "n_open": report.n_open})


def _compared(front: Front, target: Path, report: MapReport) -> int:
    for problem in report.problems:
        front.say(f"! {problem}")
    for note in report.notes:
        front.say(f"  {note}")
    if not report.problems:
        same = "" if report.notes else " and the dictionary; nothing has changed"
        front.say(f"{target} fits the export{same}.")
    front.give({"mapping": str(target), "problems": [str(p) for p in report.problems],
                "notes": list(report.notes)})  # fmt: skip
    return 1 if report.problems else 0
