"""cytomart panel: what is printed on the slides of a lot, and what names mean."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from contracts import CytomartError, failure
from cytomart import lots
from cytomart.front import Front, pass_front
from cytomart.layout_grid import block_grid
from ingest.files.source_file import SourceFile
from ingest.loading import clock, operator
from ingest.panel.catalog import Panel, explain, load_panel, shipped_panels
from ingest.panel.gal import read_gal
from ingest.panel.layout_files import FOLDER, file_stem
from ingest.panel.study_panel import study_panel
from ingest.spots.gal_text import gal_text
from ingest.spots.learn import Draft, learn_layout
from reports.layout_picture import Dot, layout_page

_study = click.option(
    "--study", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The study folder. Default: the current folder, where it is one.",
)  # fmt: skip


@click.group("panel")
def command() -> None:
    """Layouts of lots, and the names of targets."""


@command.command("learn")
@click.argument("slide", type=click.Path(path_type=Path))
@click.option("--lot", required=True, help="Lot of the slide, as the sample sheet writes it.")
@_study
@click.option("--yes", is_flag=True, help="Confirm the layout without being asked.")
@pass_front
def learn(front: Front, slide: Path, lot: str, folder: Path | None, yes: bool) -> None:
    """Learn the layout of a lot from SLIDE, show it, and keep it once it is confirmed."""
    folder = folder or Path()
    study, panel = study_panel(folder)
    path = folder / FOLDER / f"{file_stem(lot)}.gal"
    if path.exists():
        raise failure(
            f"lot `{lot}` has a layout already", where=str(path), exit_code=1,
            allowed="one layout a lot",
            remedy="see it with: cytomart panel show; take the file away to learn another",
        )  # fmt: skip
    draft = learn_layout(slide, lot, study, panel)
    picture = _show_draft(front, draft, path.with_suffix(".html"))
    if not yes and not _confirmed(draft):
        picture.unlink()
        front.say("Nothing was kept.")
        sys.exit(1)
    text = gal_text(draft, learnt_at=clock(), confirmed_by=operator())
    _refuse_other(draft, path, text)
    with path.open("x", encoding="utf-8", newline="") as stream:
        stream.write(text)
    front.say(f"Kept: {path}. From the next load on, slides of lot {lot} must be printed so.")
    front.give({"lot": lot, "layout": str(path), "picture": str(picture), "slide": draft.slide_id,
                "sha256": draft.sha256, "n_spots": len(draft.spots)})  # fmt: skip


@command.command("show")
@click.argument("lot")
@_study
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the picture to FILE too.")  # fmt: skip
@pass_front
def show(front: Front, lot: str, folder: Path | None, page: Path | None) -> None:
    """Show what is printed where on the slides of LOT."""
    dots: list[Dot] = []
    known = lots.lots_of_warehouse(front.home)
    if folder is not None or Path("study.toml").exists():
        folder = folder or Path()
        study, panel = study_panel(folder)
        known += lots.lots_of_folder(folder, study, panel)
        layout = lots.folder_layout(folder, study, lot)
        dots = lots.layout_dots(layout, panel.of_lot(lot)) if layout else []
    dots = dots or lots.warehouse_dots(front.home, lot)
    if not dots:
        raise lots.unknown_lot(lot, known)
    _draw(front, dots)
    if page is not None:
        page.write_text(layout_page(dots, f"Layout of lot {lot}", []), encoding="utf-8")
        front.say(f"Picture: {page}")
    front.give({"lot": lot, "spots": [vars(d) for d in dots]})


@command.command("list")
@_study
@pass_front
def list_(front: Front, folder: Path | None) -> None:
    """List the panels that are shipped and the lots whose layout is known."""
    shipped = shipped_panels()
    front.show("Panels", ["panel", "platform", "analytes", "controls", "spots an array"],
               [[p.panel_id, p.platform_id, len(p.analytes), len(p.targets) - len(p.analytes),
                 p.n_spots_per_array] for p in shipped])  # fmt: skip
    known = lots.lots_of_warehouse(front.home)
    if folder is not None or Path("study.toml").exists():
        folder = folder or Path()
        known = [*lots.lots_of_folder(folder, *study_panel(folder)), *known]
    front.show("Lots", ["lot", "known from", "Blocks", "spots", "targets"],
               [[k.lot or "(every lot)", k.source, k.n_blocks, k.n_spots, k.n_targets]
                for k in known])  # fmt: skip
    if not known:
        front.say("No layout of a lot is known here.")
    front.give({"panels": [p.panel_id for p in shipped], "lots": [vars(k) for k in known]})


@command.command("resolve")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_study
@click.option("--panel", "panel_id", help="A shipped panel. Default: the study's, else the only "
              "one.")  # fmt: skip
@pass_front
def resolve(
    front: Front, names: tuple[str, ...], folder: Path | None, panel_id: str | None
) -> None:
    """Say which target of the panel each NAME means, and what it could be mistaken for."""
    panel = _panel(folder, panel_id)
    found, failed = [], []
    for name in names:
        try:
            meant = explain(name, panel)
        except CytomartError as error:
            failed.append(error.problems[0])
            continue
        genes = [g for g in panel.genes if g.target_id == meant.target_id]
        found.append({"name": name, "target": panel.by_id[meant.target_id].target_name,
                      "target_id": meant.target_id,
                      "genes": ", ".join(g.gene_symbol for g in genes),
                      "uniprot": ", ".join(g.uniprot_id for g in genes),
                      "note": meant.note})  # fmt: skip
    front.show(f"Panel {panel.panel_id}", ["name", "target", "genes", "UniProt", "beware"],
               [[f["name"], f["target"], f["genes"], f["uniprot"], f["note"]]
                for f in found])  # fmt: skip
    for problem in failed:
        front.say(str(problem))
    front.give({"panel": panel.panel_id, "resolved": found, "refused": [str(p) for p in failed]})
    sys.exit(1 if failed else 0)


def _panel(folder: Path | None, panel_id: str | None) -> Panel:
    if panel_id is not None:
        return load_panel(panel_id)
    if folder is not None or Path("study.toml").exists():
        return study_panel(folder or Path())[1]
    shipped = shipped_panels()
    if len(shipped) == 1:
        return shipped[0]
    raise click.UsageError(f"--panel: one of {', '.join(p.panel_id for p in shipped)}.")


def _show_draft(front: Front, draft: Draft, picture: Path) -> Path:
    """Show a learnt layout on the terminal and write its picture; return where that is."""
    dots = [
        Dot(*s.feature.position, s.target.target_name if s.target else "",
            s.target.target_kind if s.target else "")
        for s in draft.spots
    ]  # fmt: skip
    alike = "all printed alike" if draft.are_alike else "not printed alike"
    kinds = [s.target.target_kind for s in draft.spots if s.target]
    front.say(
        f"Lot {draft.lot} as slide {draft.slide_id} shows it: {len(draft.blocks)} Blocks, {alike}; "
        f"{len(draft.spots)} spots, {kinds.count('positive_control')} of them positive and "
        f"{kinds.count('negative_control')} negative controls."
    )
    _draw(front, dots)
    for note in draft.notes:
        front.say(f"Note: {note}")
    picture.parent.mkdir(exist_ok=True)
    title = f"Layout of lot {draft.lot}, learnt from slide {draft.slide_id}"
    picture.write_text(layout_page(dots, title, draft.notes), encoding="utf-8")
    front.say(f"Picture: {picture}")
    return picture


def _draw(front: Front, dots: Sequence[Dot]) -> None:
    """Print every Block as a grid; Blocks that are alike are printed once."""
    if front.as_json:
        return
    prints: dict[tuple[object, ...], list[int]] = {}
    for block in sorted({d.block for d in dots}):
        key = tuple((d.spot_row, d.spot_column, d.label) for d in dots if d.block == block)
        prints.setdefault(key, []).append(block)
    for blocks in prints.values():
        title = f"Block {', '.join(str(b) for b in blocks)}"
        front.console.print(block_grid([d for d in dots if d.block == blocks[0]], title))


def _confirmed(draft: Draft) -> bool:
    try:
        return click.confirm(f"Is this what is printed on lot {draft.lot}?", default=False)
    except click.Abort:
        return False


def _refuse_other(draft: Draft, path: Path, text: str) -> None:
    """Demand that the array list reads as what was confirmed, before it is kept."""
    features = read_gal(SourceFile.from_bytes(path, text.encode("utf-8"))).features
    if features != tuple(s.feature for s in draft.spots):
        raise failure("the array list does not read as what was shown", where=str(path),
                      remedy="report it with the slide", exit_code=4)  # fmt: skip
