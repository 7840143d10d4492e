"""cytomart look: what bare scanner files show, within seconds, without any study file."""

from __future__ import annotations

from pathlib import Path

import click

from cytomart.front import Front, pass_front
from prepare.look import Look, look, tables
from prepare.look.facts import facts
from prepare.look.page import write_page


@click.command("look")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write a page with every slide redrawn to FILE. Without it no file is written.",
)  # fmt: skip
@click.option("--channel", "channel_nm", type=int, metavar="NM",
              help="Wavelength to look at. Default: 532, else a file's first.")  # fmt: skip
@click.option("--blocks", type=click.Choice(["samples", "grids"]),
              help="What a Block is. Default: judged from what the Blocks print.")  # fmt: skip
@pass_front
def command(
    front: Front, paths: tuple[Path, ...], page: Path | None, channel_nm: int | None,
    blocks: str | None,
) -> None:  # fmt: skip
    """Show the quality of bare scanner files: PATH is a file or a folder; nothing is stored."""
    with front.steps("Looking") as steps:
        found = look(paths, channel_nm=channel_nm, blocks=blocks, on_progress=steps.at)
    show(front, found)
    if page is not None:
        with front.steps("Drawing the slides") as steps:
            write_page(found, page, steps.at)
        front.say(f"Page: {page}")
    elif found.slides:
        front.say("See every slide redrawn: add --html look.html")
    front.give({**facts(found), "page": str(page) if page else None})


def show(front: Front, found: Look) -> None:
    """Print a look for a person."""
    for line in tables.opening(found):
        front.say(line)
    for table in (
        tables.slide_table(found),
        tables.finding_table(found),
        tables.layout_table(found),
        tables.setting_table(found),
        tables.file_table(found),
    ):
        if table.rows:
            front.say("")
            front.show(table.title, list(table.header), [list(r) for r in table.rows])
