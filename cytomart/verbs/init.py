"""cytomart init: a study folder to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from cytomart.front import Front, pass_front
from prepare.look import look
from prepare.starter import start


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from", "sources", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
              help="Scans, or a folder of scans, to begin with: they are copied, and the sample "
              "sheet gets a row a Block. May stand several times.")  # fmt: skip
@click.option("--panel", "panel_id", metavar="ID",
              help="Panel. Default: the one recognised by its names; else catalog.csv is "
              "written.")  # fmt: skip
@click.option("--title", help="Title of the study. Default: the folder's name.")
@click.option("--channel", "channel_nm", type=int, metavar="NM",
              help="Wavelength to analyse. Default: 532, else a file's first.")  # fmt: skip
@click.option("--blocks", type=click.Choice(["samples", "grids"]),
              help="What a Block is. Default: judged from what the Blocks print.")  # fmt: skip
@pass_front
def command(
    front: Front, folder: Path, sources: tuple[Path, ...], panel_id: str | None,
    title: str | None, channel_nm: int | None, blocks: str | None,
) -> None:  # fmt: skip
    """Write a study FOLDER to fill in: from scans with --from, else an empty one."""
    seen = None
    if sources:
        with front.steps("Looking at the scans") as steps:
            seen = look(sources, channel_nm=channel_nm, blocks=blocks, on_progress=steps.at)
    done = start(folder, seen, panel_id=panel_id, title=title, call=front.command)
    front.say(
        f"Study folder {done.folder}: panel {done.panel_id}, {done.n_slides} scans copied, "
        f"{done.n_rows} rows of samples.xlsx to fill."
    )
    for doubt in done.doubts:
        front.say(f"! {doubt}")
    front.say("What to do next:")
    for number, step in enumerate(done.steps, start=1):
        front.say(f"  {number}. {step}")
    front.give({
        "folder": str(done.folder), "study_id": done.study_id, "panel_id": done.panel_id,
        "n_slides": done.n_slides, "n_rows": done.n_rows, "steps": list(done.steps),
        "doubts": list(done.doubts),
    })  # fmt: skip
