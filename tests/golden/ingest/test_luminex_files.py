"""Real Luminex exports: counts and sums against a reader that knows nothing but csv."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyarrow.compute as pc
import pytest

from contracts.paths import REPO_ROOT
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.platforms import detect
from ingest.platforms.value_format import ValueFormat

pytestmark = pytest.mark.shared

LUMINEX = REPO_ROOT.parent / "shared" / "luminex"
BLOCKS = {
    "Median": "median_fluorescence", "Net MFI": "net_mfi", "Count": "bead_count",
    "Mean": "mean_fluorescence", "Peak": "peak_fluorescence", "Trimmed Count": "trimmed_bead_count",
    "Trimmed Mean": "trimmed_mean_fluorescence", "Trimmed Peak": "trimmed_peak_fluorescence",
    "%CV": "bead_cv", "Std Dev": "sd_fluorescence",
    "Trimmed % CV of Microspheres": "trimmed_bead_cv",
    "Trimmed Standard Deviation": "trimmed_sd_fluorescence",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder():
    if not LUMINEX.is_dir():
        pytest.skip("../shared is absent")
    return LUMINEX


def counted(path: Path) -> dict[str, tuple[int, float]]:
    """Cells and their sum in each block, from the text alone."""
    found: dict[str, list[str]] = {}
    name = None
    n_targets = 0
    for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
        cells = list(row)
        while cells and not cells[-1]:
            cells.pop()
        if cells[:1] == ["DataType:"]:
            name = cells[1]
        elif cells[:1] == ["Location"]:
            n_targets = len([c for c in cells[2:] if c != "Total Events"])
        elif name in BLOCKS and cells and re.match(r"\d+\(", cells[0]):
            first = 2 if cells[0].endswith(")") else 3
            found.setdefault(name, []).extend(cells[first : first + n_targets])
    numbers = {n: [float(c) for c in own if re.fullmatch(r"-?[\d.]+", c)]
               for n, own in found.items()}  # fmt: skip
    return {n: (len(found[n]), sum(own)) for n, own in numbers.items()}


def read(path: Path):
    source = SourceFile.from_path(path)
    platform = detect(source)
    assert platform.platform_id == "luminex"
    return platform.read_values(source, ValueFormat())


@pytest.mark.parametrize(
    ("name", "n_targets", "n_labels", "n_aside"),
    [
        ("Chul_IgG3_1", 10, 85, 0),
        ("CovidOISExPONTENT", 30, 86, 0),
        ("CovidOISExPONTENT_CO_reduced", 2, 39, 28),
        ("CovidOISExPONTENT_missing_rows", 30, 86, 0),
        ("New_Batch_6_20160309_174224", 22, 90, 0),
        ("random", 3, 8, 0),
    ],
)
def test_an_export_is_read_whole(folder, name, n_targets, n_labels, n_aside):
    path = folder / f"{name}.csv"
    reading = read(path)
    expected = counted(path)
    assert (len(reading.targets), len(reading.labels)) == (n_targets, n_labels)
    assert reading.n_rows_in == sum(n for n, _ in expected.values())
    assert reading.n_rows_in == reading.table.num_rows + len(reading.set_aside)
    assert len(reading.set_aside) == n_aside
    for block, (n, total) in expected.items():
        own = reading.table.filter(pc.equal(reading.table["quantity"], BLOCKS[block]))
        aside = [f for f in reading.set_aside if BLOCKS[block] in f.record]
        assert own.num_rows + len(aside) == n, block
        share = 100 if "CV" in block else 1
        assert pc.sum(own["value"]).as_py() * share == pytest.approx(total, rel=1e-12), block


def test_excel_dates_among_the_numbers_are_set_aside_with_their_cells(folder):
    """This file passed through a Polish Excel: 7.83 became `lip.83`, July 83."""
    reading = read(folder / "CovidOISExPONTENT_CO_reduced.csv")
    text = (folder / "CovidOISExPONTENT_CO_reduced.csv").read_text(encoding="utf-8-sig")
    lines = text.split("\n")
    for fault in reading.set_aside:
        shown = re.search(r"holds `(.+)`", fault.problem.given).group(1)
        assert shown in lines[fault.line - 1].split(",")
        assert re.search(r"[^\W\d]{3}", shown)
        assert fault.column in ("Spike_6P_IPP", "ME_NA")
        assert shown not in fault.record


def test_missing_wells_are_named(folder):
    notes = " ".join(read(folder / "CovidOISExPONTENT_missing_rows.csv").notes)
    assert "the block `Net MFI` lacks the wells A1, A2 (94 of 96 are there)" in notes
    assert "lacks" not in " ".join(read(folder / "CovidOISExPONTENT.csv").notes)


def test_a_broken_column_is_refused_with_the_first_row_that_does_not_parse(folder):
    with pytest.raises(RefusedError) as refusal:
        read(folder / "random_broken_colB.csv")
    shown = [(f.line, f.problem.given) for f in refusal.value.faults]
    assert shown[0] == (1, "`Program` is not followed by `xPONENT`")
    assert (28, "`DataType:` names no block") in shown
    assert (30, "`1(1,Sample` is no location") in shown
    assert [line for line, _ in shown] == sorted(line for line, _ in shown)


def test_an_intelliflex_export_is_read_whole(folder):
    path = folder / "random_intelliflex.csv"
    reading = read(path)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert (reading.n_rows_in, len(reading.labels)) == (len(rows) * 2 * 5, 5)
    medians = reading.table.filter(pc.equal(reading.table["quantity"], "median_fluorescence"))
    expected = [(r["WELL LOCATION"], r[f"R{n}: RP1 ANALYTE NAME"], float(r[f"R{n}: RP1 MEDIAN"]),
                 "" if r["WELL STATUS"] == "Completed" else r["WELL STATUS"])
                for n in (20, 21) for r in rows]  # fmt: skip
    columns = (medians[c].to_pylist() for c in ("well", "target_name", "value", "qc_flag"))
    assert list(zip(*columns, strict=True)) == expected
    assert [t[0] for t in reading.targets] == ["EBV", "EchoV", "HBeV"]
    assert "named without any value: HBeV" in reading.notes


def test_few_beads_are_a_flag_and_the_counts_are_kept(folder):
    reading = read(folder / "Chul_IgG3_1.csv")
    counts = {
        (r["well"], r["target_name"]): r["value"]
        for r in reading.table.to_pylist() if r["quantity"] == "bead_count"
    }  # fmt: skip
    flagged = {
        (r["well"], r["target_name"])
        for r in reading.table.to_pylist()
        if r["quantity"] == "median_fluorescence" and r["qc_flag"]
    }
    assert flagged == {key for key, n in counts.items() if n < 50}
    assert flagged
