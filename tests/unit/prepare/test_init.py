"""`init`: what is written can be filled, is read again as it was filled, and copies every byte."""

from __future__ import annotations

import tomllib

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from contracts import CytomartError
from ingest.declared.study_toml import read_study
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from prepare.check.checking import check
from prepare.look import look
from prepare.starter import start
from simulate.study import Design, write_study
from store.home import Home


@pytest.fixture
def begun(study, tmp_path):
    folder = tmp_path / "my study"
    start(folder, look([study.folder / "arrays"]))
    return folder


def rules(sheet: Worksheet) -> dict[str, tuple[str, str]]:
    """Column → kind and first operand of its validation."""
    return {str(v.sqref).split(":")[0]: (v.type, v.formula1) for v in sheet.data_validations.dataValidation}  # fmt: skip


def test_the_sample_sheet_has_a_row_a_block(begun):
    sheet = read_sheet(SourceFile.from_path(begun / "samples.xlsx"), "samples")
    assert sheet.sheet_name == "samples"
    assert [(sheet.cell(r, "slide_id"), sheet.cell(r, "block")) for r in sheet.rows] == [
        (slide, str(block)) for slide in ("SYN-S01", "SYN-S02") for block in range(1, 9)
    ]
    assert all(sheet.cell(r, "sample_id") == "" for r in sheet.rows)


def test_the_workbooks_have_drop_downs_text_ids_and_comments(begun):
    book = openpyxl.load_workbook(begun / "samples.xlsx")
    sheet = book["samples"]
    assert book.active is sheet
    assert sheet.freeze_panes == "A2"
    found = rules(sheet)
    assert found["C2"] == ("list", "lists!$A$2:$A$3")
    assert found["D2"] == ("list", "lists!$B$2:$B$6")
    assert found["I2"][0] == "date"
    assert found["J2"][0] == "decimal"
    lists = book["lists"]
    assert [lists.cell(r, 1).value for r in range(1, 4)] == ["visit", "baseline", "follow_up"]
    assert [lists.cell(r, 2).value for r in range(2, 7)] == [
        "before", "after", "control", "bridge", "empty",
    ]  # fmt: skip
    for letter in "ABEGH":
        assert sheet[f"{letter}17"].number_format == "@", letter
    assert sheet["I2"].number_format == "yyyy-mm-dd"
    assert all(cell.comment for cell in sheet[1])
    scales = openpyxl.load_workbook(begun / "assessments.xlsx")["lists"]
    assert "vas_pain_0_10" in [c.value for c in scales["B"]]
    drugs = openpyxl.load_workbook(begun / "analgesics.xlsx")
    assert [c.value for c in drugs["analgesics"][1]] == [
        "patient_id", "visit", "drug", "route", "dose", "dose_unit",
    ]  # fmt: skip
    offered = {c[0].value: {x.value for x in c[1:]} for c in drugs["lists"].columns}
    assert {"fentanyl", "morphine", "none"} <= offered["drug"]
    assert {"oral", "transdermal", "none"} <= offered["route"]
    assert {"mg/day", "mcg/hour"} <= offered["dose_unit"]


def test_a_block_that_looks_unused_says_so_and_is_not_decided(begun, study):
    rows = (study.folder / "samples.csv").read_text(encoding="utf-8").splitlines()[1:]
    empty = [n for n, row in enumerate(rows, 2) if row.split(",")[3] == "empty"]
    sheet = openpyxl.load_workbook(begun / "samples.xlsx")["samples"]
    assert [n for n in range(2, 18) if sheet[f"D{n}"].comment] == empty
    assert not any(sheet[f"D{n}"].value for n in range(2, 18))


def test_study_toml_reads_and_says_what_the_scans_are(begun):
    read = read_study(SourceFile.from_path(begun / "study.toml"))
    assert (read.panel_id, read.channel_nm, read.array_unit) == ("raybiotech_g5", 532, "block")
    assert read.study_id == "my-study"
    assert read.title == "my study"
    assert not read.ids_are_codes


def test_a_part_of_a_shipped_panel_gets_its_own_list_so_that_its_slides_load(tmp_path):
    other = write_study(tmp_path / "other", Design(patients=3, controls=1, targets=20, seed=3))
    done = start(tmp_path / "mine", look([other.folder / "arrays"]))
    assert "60 of its 84 targets are printed nowhere: catalog.csv lists what is" in done.doubts[0]
    catalog = (tmp_path / "mine" / "catalog.csv").read_text(encoding="utf-8").splitlines()
    assert len(catalog) == 1 + 24
    found = check(Home(tmp_path / "home"), tmp_path / "mine")
    assert {f.place.file_name for f in found.problems} == {"samples.xlsx"}


def test_the_only_problems_of_a_new_folder_are_cells_to_fill(begun, tmp_path):
    found = check(Home(tmp_path / "home"), begun)
    assert {f.place.file_name for f in found.problems} == {"samples.xlsx"}
    assert {f.problem.given for f in found.problems if f.place.cell == "A2"} == {
        "`sample_id` is blank"
    }


def test_ids_that_look_like_numbers_stay_as_they_are_typed(begun):
    book = openpyxl.load_workbook(begun / "patients.xlsx")
    book["patients"]["A2"], book["patients"]["A3"] = "007", "MAR1"
    book.save(begun / "patients.xlsx")
    sheet = read_sheet(SourceFile.from_path(begun / "patients.xlsx"), "patients")
    assert [sheet.cell(r, "patient_id") for r in sheet.rows] == ["007", "MAR1"]


def test_scans_are_copied_byte_by_byte_and_copies_are_left_out(study, tmp_path):
    source = tmp_path / "from"
    source.mkdir()
    one = (study.folder / "arrays" / "SYN-S01.gpr").read_bytes()
    (source / "a.gpr").write_bytes(one)
    (source / "b.gpr").write_bytes(one)
    (source / "bad.gpr").write_text("nothing", encoding="utf-8")
    done = start(tmp_path / "new", look([source]))
    assert [p.name for p in (tmp_path / "new" / "arrays").iterdir()] == ["a.gpr"]
    assert (tmp_path / "new" / "arrays" / "a.gpr").read_bytes() == one
    assert any("b.gpr is a copy of a.gpr" in d for d in done.doubts)
    assert any("bad.gpr cannot be read" in d for d in done.doubts)


def test_a_panel_that_nobody_ships_gets_a_catalog_that_reads(gpr, tmp_path):
    def spot(b, r, c):
        return {"Name": {1: "POS1", 2: "NEG", 3: "IL-6", 4: "il-6", 5: ""}.get(r, f"T{r}")}

    folder = tmp_path / "new"
    start(folder, look([gpr("a", spot)]), panel_id="own_1")
    lines = (folder / "catalog.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[2:5] for line in lines] == [
        ["POS1", "1", "positive_control"], ["NEG", "2", "negative_control"],
        ["IL-6", "3", "analyte"], ["T6", "4", "analyte"],
    ]  # fmt: skip
    assert (
        tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))["panel"]["id"] == "own_1"
    )
    assert {f.role for f in check(Home(tmp_path / "home"), folder).problems} == {"samples"}


def test_a_slide_that_is_one_sample_has_no_block_to_fill(gpr, tmp_path):
    start(tmp_path / "new", look([gpr("a")], blocks="grids"))
    sheet = read_sheet(SourceFile.from_path(tmp_path / "new" / "samples.xlsx"), "samples")
    assert "block" not in sheet.titles
    assert len(sheet.rows) == 1
    found = check(Home(tmp_path / "home"), tmp_path / "new")
    assert not [f for f in found.problems if "block" in f.problem.given]


def test_an_empty_skeleton_reads_and_has_nothing_to_load(tmp_path):
    start(tmp_path / "new", None, title='A "study"')
    found = check(Home(tmp_path / "home"), tmp_path / "new")
    assert {f.kind for f in found.problems} == {"waits"}
    assert read_study(SourceFile.from_path(tmp_path / "new" / "study.toml")).title == 'A "study"'
    helped = openpyxl.load_workbook(tmp_path / "new" / "samples.xlsx")["help"]
    assert "slide-01" in [c.value for c in helped["D"]]


def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CytomartError, match="is not empty"):
        start(tmp_path / "new", None)
    assert [p.name for p in tmp_path.rglob("*")] == ["new", "mine.txt"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "new").mkdir()
    start(tmp_path / "new", None)
    assert (tmp_path / "new" / "study.toml").exists()


def test_a_failure_leaves_nothing_behind(gpr, tmp_path):
    path = gpr("a")
    seen = look([path])
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(CytomartError, match="changed while it was copied"):
        start(tmp_path / "new", seen)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scans"]


def test_two_scans_of_one_name_are_refused(gpr, tmp_path):
    one, two = gpr("a", folder="x"), gpr("a", lambda b, r, c: {"Flags": -50}, folder="y")
    with pytest.raises(CytomartError, match=r"2 scans are called a\.gpr"):
        start(tmp_path / "new", look([one, two]))


@pytest.mark.parametrize("panel", ["", "a b", "../x", "é"])
def test_a_panel_needs_a_name(tmp_path, panel):
    with pytest.raises(CytomartError, match="is no name"):
        start(tmp_path / "new", None, panel_id=panel)


def test_files_without_a_scan_begin_nothing(tmp_path):
    (tmp_path / "bad.gpr").write_text("nothing", encoding="utf-8")
    with pytest.raises(CytomartError, match="no scan to begin with"):
        start(tmp_path / "new", look([tmp_path / "bad.gpr"]))
    assert not (tmp_path / "new").exists()
