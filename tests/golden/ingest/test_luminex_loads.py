"""Real Luminex exports as study folders: every cell is in the warehouse, or named with its line."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from contracts.paths import REPO_ROOT
from ingest.load import load_study
from store.build import open_build
from store.home import Home

pytestmark = pytest.mark.shared

LUMINEX = REPO_ROOT.parent / "shared" / "luminex"
STUDY = """
[study]
id = "plates"
title = "A plate"
primary_variant = "as_reported"
[privacy]
ids_are_codes = true
[panel]
platform = "luminex"
id = "own_plex"
[[visits]]
code = "once"
label = "Once"
baseline = true
[[groups]]
code = "A"
label = "Everyone"
cohort = "patient"
visit = "once"
"""
#: Blocks that hold a number per well and target; the others are averages, units, logs.
NUMBERS = ("Median", "Net MFI", "Count", "Mean", "Peak", "Trimmed Count", "Trimmed Mean",
           "Trimmed Peak", "%CV", "Std Dev", "Trimmed % CV of Microspheres",
           "Trimmed Standard Deviation")  # fmt: skip
CONTROL = ("standard", "background", "blank", "control")


@pytest.fixture(scope="module")
def exports():
    if not LUMINEX.is_dir():
        pytest.skip("../shared is absent")
    return LUMINEX


def wells(path: Path) -> list[tuple[str, str]]:
    """Location and label of every well of the first block, from the text alone."""
    if path.stem.endswith("intelliflex"):
        with path.open(encoding="utf-8", newline="") as stream:
            return [(r["WELL LOCATION"], r["SAMPLE ID"]) for r in csv.DictReader(stream)]
    found: list[tuple[str, str]] = []
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    begin = next(i for i, r in enumerate(rows) if r[:2] == ["DataType:", "Median"])
    for row in rows[begin + 2 :]:
        if not row or not row[0][:1].isdigit():
            break
        # An unquoted "1(1,A1)" has been taken apart at its comma.
        cells = row if row[0].endswith(")") else [f"{row[0]},{row[1]}", *row[2:]]
        found.append((cells[0].partition(",")[2].rstrip(")"), cells[1].strip()))
    return found


def n_cells(path: Path, n_targets: int) -> int:
    """Wells times targets, summed over the blocks of numbers."""
    if path.stem.endswith("intelliflex"):
        return len(wells(path)) * 2 * 5
    total, name = 0, ""
    for row in csv.reader(path.read_text("utf-8-sig").splitlines()):
        if row[:1] == ["DataType:"]:
            name = row[1]
        elif name in NUMBERS and row and row[0][:1].isdigit() and "(" in row[0]:
            total += n_targets
    return total


def loaded(path: Path, folder: Path):
    """Load one export as a study whose sheet claims every well that is no control."""
    (folder / "arrays").mkdir(parents=True)
    shutil.copyfile(path, folder / "arrays" / "plate.csv")
    (folder / "study.toml").write_text(STUDY, "utf-8")
    found = wells(path) if "broken" not in path.stem else [("A1", "P1")]
    labels = dict.fromkeys(label or well for well, label in found)
    people = [name for name in labels if not name.lower().startswith(CONTROL)]
    with (folder / "patients.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [("patient_id", "sex"), *((f"P{i:03d}", "female") for i, _ in enumerate(people))]
        )
    titles = ("sample_id", "patient_id", "visit", "group_code", "slide_id", "batch", "file_label")
    with (folder / "samples.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = [(f"S{i:03d}", f"P{i:03d}", "once", "A", "plate", "plate-1", name)
                for i, name in enumerate(people)]  # fmt: skip
        csv.writer(stream).writerows([titles, *rows])
    home = Home(folder.parent / "home")
    con = open_build(home)
    return con, load_study(home, con, folder), people


@pytest.mark.parametrize(
    ("name", "n_targets", "n_aside"),
    [
        ("Chul_IgG3_1", 10, 0),
        ("CovidOISExPONTENT", 30, 0),
        ("CovidOISExPONTENT_CO_reduced", 2, 28),
        ("New_Batch_6_20160309_174224", 22, 0),
        ("random", 3, 0),
        ("random_intelliflex", 2, 0),
        ("CovidOISExPONTENT_missing_rows", 30, 0),
    ],
)
def test_an_export_loads_whole(exports, tmp_path, name, n_targets, n_aside):
    path = exports / f"{name}.csv"
    con, report, people = loaded(path, tmp_path / "study")
    try:
        plate = next(f for f in report.files if f.role == "slide")
        assert plate.status == "loaded", [str(p) for p in report.problems]
        counts = con.execute(
            'select (select count(*) from raw."values"), (select count(*) from raw.control_values)'
        ).fetchone()
        assert plate.n_rows_in == n_cells(path, n_targets)
        assert sum(counts) == plate.n_rows_loaded == plate.n_rows_in - n_aside
        assert plate.n_rows_quarantined == n_aside == len(report.quarantined)
        found = con.execute('select count(distinct sample_id) from raw."values"').fetchone()[0]
        assert found == len(people)
        notes = " ".join(plate.notes)
        is_gap = "the block `Net MFI` lacks the wells A1, A2 (94 of 96 are there)" in notes
        assert is_gap == (name == "CovidOISExPONTENT_missing_rows")
    finally:
        con.close()


def test_a_broken_export_is_refused_naming_the_first_row_that_does_not_parse(exports, tmp_path):
    con, report, _ = loaded(exports / "random_broken_colB.csv", tmp_path / "study")
    try:
        plate = next(f for f in report.files if f.role == "slide")
        assert plate.status == "refused"
        problems = [str(p) for p in plate.problems]
        assert problems[0].startswith("plate.csv, line 1: `Program` is not followed by `xPONENT`")
        assert any(
            p.startswith("plate.csv, line 30: `1(1,Sample` is no location") for p in problems
        )
        assert con.execute('select count(*) from raw."values"').fetchone() == (0,)
    finally:
        con.close()
