"""cytomart simulate: a synthetic study of any size."""

from __future__ import annotations

from pathlib import Path

import click

from contracts import failure
from cytomart.front import Front, pass_front
from simulate.study import PLATFORMS, Design, write_study


@click.command("simulate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--patients", type=click.IntRange(2), default=30, show_default=True)
@click.option("--controls", type=click.IntRange(0), default=10, show_default=True)
@click.option("--targets", type=click.IntRange(12), default=80, show_default=True)
@click.option("--visits", type=click.IntRange(1), default=2, show_default=True)
@click.option("--centres", type=click.IntRange(1), default=1, show_default=True)
@click.option("--lots", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--missing-follow-up",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Patients without the visits after baseline.",
)
@click.option(
    "--missed-visits",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Patients who miss one visit after baseline and come to the others.",
)
@click.option(
    "--bridges",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Samples of the first lot that are measured again in every other lot.",
)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--platform",
    type=click.Choice(PLATFORMS),
    default="genepix",
    show_default=True,
    help="What the serum is measured on: scanned arrays, Olink Explore, Olink Explore HT.",
)
@pass_front
def command(
    front: Front,
    folder: Path,
    patients: int,
    controls: int,
    targets: int,
    visits: int,
    centres: int,
    lots: int,
    missing_follow_up: int,
    missed_visits: int,
    bridges: int,
    seed: int,
    platform: str,
) -> None:
    """Write a SYNTHETIC study folder in real file formats to FOLDER, with its truth table."""
    if folder.exists() and any(folder.iterdir()):
        raise failure(
            f"{folder} exists and is not empty",
            allowed="a new or an empty folder",
            remedy="name another folder",
        )
    design = Design(
        patients=patients,
        controls=controls,
        targets=targets,
        visits=visits,
        centres=centres,
        lots=lots,
        missing_follow_up=missing_follow_up,
        missed_visits=missed_visits,
        bridges=bridges,
        seed=seed,
    )
    with front.steps("Simulating the study"):
        write_study(folder, design, platform)
    front.say(f"SYNTHETIC study written to {folder}. Next: cytomart run {folder}")
    front.give({"folder": str(folder), "seed": seed})
