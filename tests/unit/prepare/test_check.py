"""`check`: every problem with its cell, whatever else is wrong; nothing is changed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import CytomartError
from ingest.files.tables import Sheet, SheetRow, column_letters
from ingest.load import load_study
from prepare.check.checking import check
from prepare.check.places import place_of
from prepare.check.workbook import write_workbook
from store.build import open_build
from store.home import Home


@pytest.fixture
def folder(study, tmp_path) -> Path:
    return Path(shutil.copytree(study.folder, tmp_path / "study"))


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home")


def edit(path: Path, line: int, old: str, new: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert old in lines[line - 1], lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def row(path: Path, line: int) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[line - 1].split(",")


def cells(found):
    return {(f.place.file_name, f.place.cell) for f in found.problems}


def bytes_of(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}  # fmt: skip


def test_a_clean_folder_has_no_problem_and_makes_no_home(folder, home):
    found = check(home, folder)
    assert found.problems == ()
    assert found.exit_code == 0
    assert not home.root.exists()
    assert {f.file_name: f.n_add for f in found.forecast}["samples.csv"] == 16
    assert all(f.n_rows == f.n_add for f in found.forecast)


def test_a_refused_patient_table_does_not_hide_what_else_is_wrong(folder, home):
    edit(folder / "patients.csv", 4, row(folder / "patients.csv", 4)[0],
         row(folder / "patients.csv", 3)[0])  # fmt: skip
    edit(folder / "patients.csv", 6, row(folder / "patients.csv", 6)[4], "150")
    edit(folder / "samples.csv", 3, ",SYN-S01,", ",SYN-S99,")
    edit(folder / "assessments.csv", 2, row(folder / "assessments.csv", 2)[5], "14")
    found = check(home, folder)
    assert cells(found) >= {
        ("patients.csv", "A4"), ("patients.csv", "E6"), ("assessments.csv", "F2"),
        ("samples.csv", "E3"),
    }  # fmt: skip
    status = {f.file_name: f.status for f in found.forecast}
    assert status["patients.csv"] == "refused"
    assert status["samples.csv"] == "waiting"


def test_a_faulty_study_toml_does_not_hide_the_tables(folder, home):
    toml = folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("array_unit", "aray_unit"),
                    encoding="utf-8")  # fmt: skip
    edit(folder / "assessments.csv", 2, row(folder / "assessments.csv", 2)[5], "14")
    found = check(home, folder)
    assert ("assessments.csv", "F2") in cells(found)
    assert [f.place.cell for f in found.problems if f.role == "study"]
    assert all(f.place.cell.startswith("line ") for f in found.problems if "unknown key"
               in f.problem.given)  # fmt: skip
    assert found.report is None
    assert found.forecast == ()
    assert found.exit_code == 1


def test_a_panel_that_nobody_ships_does_not_hide_the_tables(folder, home):
    toml = folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("raybiotech_g5", "unheard_of"),
                    encoding="utf-8")  # fmt: skip
    edit(folder / "assessments.csv", 2, row(folder / "assessments.csv", 2)[5], "14")
    found = check(home, folder)
    texts = " ".join(f.problem.given for f in found.problems)
    assert "no panel `unheard_of`" in texts
    assert ("assessments.csv", "F2") in cells(found)


def test_no_baseline_and_no_visit_are_problems_and_no_traceback(folder, home):
    toml = folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("baseline = true", ""),
                    encoding="utf-8")  # fmt: skip
    assert "0 visits are marked" in " ".join(f.problem.given for f in check(home, folder).problems)


@pytest.mark.parametrize("text", ["", "[study", "x = 1\n", "[[visits]]\n[[visits]]\n"])
def test_any_study_toml_ends_in_words(folder, home, text):
    (folder / "study.toml").write_text(text, encoding="utf-8")
    code, problems = 2, ()
    try:
        problems = check(home, folder).problems
        code = 1
    except CytomartError as error:
        code, problems = error.exit_code, error.problems
    assert code in (1, 2)
    assert problems


def test_an_unreadable_patient_table_makes_nobody_unknown(folder, home):
    edit(folder / "patients.csv", 1, "patient_id", "who")
    found = check(home, folder)
    assert not [f for f in found.problems if "not in the patient table" in f.problem.given]
    assert any("`patient_id` is missing" in f.problem.given for f in found.problems)


def test_a_missing_block_row_points_at_its_slide_in_the_sheet(folder, home):
    path = folder / "samples.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    found = check(home, folder)
    assert [(f.place.file_name, f.place.cell) for f in found.problems] == [("samples.csv", "E16")]


def test_a_slide_without_its_file_points_at_its_rows(folder, home):
    (folder / "arrays" / "SYN-S02.gpr").unlink()
    found = check(home, folder)
    assert [(f.kind, f.place.cell) for f in found.problems] == [("waits", "E17")]


def test_what_is_not_there_at_all_is_said(folder, home):
    for name in ("patients.csv", "samples.csv", "plan.csv"):
        (folder / name).unlink()
    shutil.rmtree(folder / "arrays")
    (folder / "assessments.csv").unlink()
    given = " ".join(f.problem.given for f in check(home, folder).problems)
    for thing in ("patient table", "sample sheet", "plan", "scan"):
        assert f"no {thing}" in given


def test_a_method_that_the_statistics_refuse_is_found_before_a_run(folder, home):
    edit(folder / "plan.csv", 2, "welch_t", "welsh_t")
    found = check(home, folder)
    assert [f.role for f in found.problems] == ["plan"]
    assert "welsh_t" in found.problems[0].problem.given
    assert found.problems[0].place.cell == "N2"


def test_an_unquoted_name_in_brackets_is_shown_as_it_is(folder, tmp_path, cytomart):
    toml = folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("532", "635"), encoding="utf-8")
    done = cytomart(tmp_path / "home", "check", str(folder))
    assert "[panel]" in done.out
    assert done.code == 1
    assert not (tmp_path / "home").exists()


def test_a_folder_that_is_none_ends_with_2(tmp_path, cytomart):
    assert cytomart(tmp_path / "home", "check", str(tmp_path / "absent")).code == 2


# ---- against what stands


@pytest.fixture
def loaded(folder, home) -> Home:
    home.ensure()
    con = open_build(home)
    load_study(home, con, folder)
    con.close()
    return home


def test_what_stands_is_left_and_a_changed_cell_is_shown_before_and_after(folder, loaded):
    before = bytes_of(loaded.root)
    assert all(f.n_add == 0 and f.n_leave == f.n_rows for f in check(loaded, folder).forecast)
    old = row(folder / "assessments.csv", 2)[5]
    edit(folder / "assessments.csv", 2, f",{old},", ",9.5,")
    found = check(loaded, folder)
    assert [(f.kind, f.place.cell) for f in found.problems] == [("decide", "F2")]
    assert f"was `{old}`, is `9.5`" in found.problems[0].problem.given
    scores = next(f for f in found.forecast if f.role == "assessments")
    assert (scores.n_add, scores.n_change, scores.n_leave) == (0, 1, scores.n_rows - 1)
    assert bytes_of(loaded.root) == before


def test_a_rescanned_slide_is_found(folder, loaded):
    path = folder / "arrays" / "SYN-S01.gpr"
    path.write_bytes(path.read_bytes().replace(b"LaserPower=2.16", b"LaserPower=2.17"))
    found = check(loaded, folder)
    assert [f.place.file_name for f in found.problems] == ["arrays/SYN-S01.gpr"]
    assert "--supersede" in found.problems[0].problem.remedy


def test_another_writer_is_named(folder, loaded):
    script = (
        "import sys, time; from pathlib import Path\n"
        "from store.home import Home; from store.build import open_build\n"
        f"con = open_build(Home(Path({str(loaded.root)!r}))); print('open', flush=True)\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(CytomartError) as raised:
            check(loaded, folder)
        assert raised.value.exit_code == 3
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# ---- the workbook


def test_the_workbook_has_a_row_a_problem_and_what_a_load_would_do(folder, home, tmp_path):
    edit(folder / "patients.csv", 6, row(folder / "patients.csv", 6)[4], "=150+cmd|' /C calc'!A0")
    found = check(home, folder)
    out = tmp_path / "out" / "problems.xlsx"
    write_workbook(found, out)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["problems", "what a load would do", "how to read this"]
    rows = list(book["problems"].iter_rows(min_row=2))
    assert len(rows) == len(found.problems)
    assert [r[3].value for r in rows] == [f.place.cell for f in found.problems]
    assert all(c.data_type != "f" for r in rows for c in r)
    assert rows[0][3].hyperlink.target == "../study/patients.csv"
    forecast = {r[0].value: r[4].value for r in book["what a load would do"].iter_rows(min_row=2)}
    assert forecast["samples.csv"] == 14  # one person is set aside, and her two samples with her
    assert [p.name for p in out.parent.iterdir()] == ["problems.xlsx"]


# ---- addresses


@given(
    file_name=st.from_regex(r"[a-z ,()]{1,12}\.(csv|xlsx)", fullmatch=True),
    sheet_name=st.sampled_from(["", "samples", "Blatt, 1", "sheet row 2"]),
    title=st.sampled_from(["", "visit", "row 3", "score (cell B2)", "a, line 4"]),
    index=st.integers(0, 60),
    line=st.integers(2, 99_999),
)
def test_every_address_of_a_table_is_taken_apart_again(file_name, sheet_name, title, index, line):
    titles = (*(f"c{i}" for i in range(index)), *([title] if title else ["x"]))
    sheet = Sheet(file_name, sheet_name, titles, (), "" if sheet_name else ",")
    place = place_of(sheet.where(SheetRow(line, line, ()), title), file_name)
    assert place.file_name == file_name
    assert place.sheet == sheet_name
    if title:
        assert place.cell == f"{column_letters(index)}{line}"
    else:
        assert place.cell == (f"A{line}" if sheet_name else f"line {line}")


@pytest.mark.parametrize(
    ("where", "file_name", "cell"),
    [
        ("study.toml, line 12, [panel] id", "study.toml", "line 12"),
        ("arrays/S1.gpr, line 7", "S1.gpr", "line 7"),
        ("S1.gpr", "S1.gpr", ""),
        ("samples.xlsx, sheet samples, cell C7", "samples.xlsx", "C7"),
        ("samples.xlsx, batch B1", "samples.xlsx", ""),
    ],
)
def test_other_addresses(where, file_name, cell):
    assert place_of(where, file_name).cell == cell


def test_without_a_layout_file_a_lot_is_judged_by_its_first_loaded_slide(folder, home):
    (folder / "layout.gal").unlink()
    toml = folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('layout = "layout.gal"\n', ""),
                    encoding="utf-8")  # fmt: skip
    (folder / "arrays" / "SYN-S02.gpr").rename(folder / "later.gpr")
    home.ensure()
    con = open_build(home)
    load_study(home, con, folder)
    con.close()
    text = (folder / "later.gpr").read_bytes()
    (folder / "later.gpr").unlink()
    renamed = text.replace(b'"IL-6"', b'"IL-7"', 1)
    (folder / "arrays" / "SYN-S02.gpr").write_bytes(renamed)
    found = check(home, folder)
    assert [f.role for f in found.problems] == ["slide"]
    assert "IL-7" in found.problems[0].problem.given
