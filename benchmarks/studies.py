"""Study folders to load: slides of eight Blocks, and the same Blocks as files of one array."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from simulate.design import BLOCKS_PER_SLIDE, Design
from simulate.study import write_study

_END = "\r\n"


def write_slides(folder: Path, n_arrays: int) -> Path:
    """Write a synthetic study whose arrays lie eight to a slide; return its folder."""
    write_study(folder, Design(patients=n_arrays // 2, controls=0, study_id=f"bench-{n_arrays}"))
    # Scores and plan have nothing to do with reading scanner files.
    for name in ("assessments.csv", "plan.csv"):
        (folder / name).unlink()
    return folder


def write_single_arrays(slides: Path, folder: Path, n_arrays: int) -> Path:
    """Write the same arrays, each in a file of its own; return the study's folder."""
    (folder / "arrays").mkdir(parents=True)
    shutil.copy(slides / "patients.csv", folder)
    text = (slides / "study.toml").read_text("utf-8")
    text = text.replace('array_unit = "block"', 'array_unit = "slide"')
    (folder / "study.toml").write_text(text, "utf-8")
    head, rows = _split(slides / "layout.gal")
    _write(folder / "layout.gal", head, [r for r in rows if r.startswith("1\t")])
    with (slides / "samples.csv").open(encoding="utf-8", newline="") as stream:
        seats = list(csv.DictReader(stream))[:n_arrays]
    with (folder / "samples.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(seats[0]), lineterminator="\n")
        writer.writeheader()
        for seat in seats:
            single = f"{seat['slide_id']}-{seat['block']}"
            writer.writerow({**seat, "slide_id": single, "block": ""})
    wanted = {f"{seat['slide_id']}-{seat['block']}" for seat in seats}
    for path in sorted((slides / "arrays").glob("*.gpr")):
        head, rows = _split(path)
        size = len(rows) // BLOCKS_PER_SLIDE
        for block in range(1, BLOCKS_PER_SLIDE + 1):
            if (name := f"{path.stem}-{block}") in wanted:
                own = rows[(block - 1) * size : block * size]
                _write(folder / "arrays" / f"{name}.gpr", head,
                       ["1" + r[r.index("\t") :] for r in own])  # fmt: skip
    return folder


def _split(path: Path) -> tuple[list[str], list[str]]:
    lines = path.read_bytes().decode("utf-8").split(_END)
    n_head = int(lines[1].split("\t")[0]) + 3
    return lines[:n_head], lines[n_head:-1]


def _write(path: Path, head: list[str], rows: list[str]) -> None:
    path.write_bytes((_END.join([*head, *rows]) + _END).encode("utf-8"))
