"""Tables as people deliver them, each cell with its address."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest

from ingest.faults import RefusedError
from ingest.mapped import kept_bytes, map_table
from ingest.tables import column_letters, find_table, read_sheet


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(call):
    with pytest.raises(RefusedError) as caught:
        call()
    return str(caught.value)


def test_a_cell_has_a_line_a_column_and_a_spreadsheet_address(source):
    sheet = read_sheet(source('a,b\n"1\n2",x\n\n3,y\n', "t.csv"), "t")
    assert [(r.line, r.number, r.cells) for r in sheet.rows] == [
        (2, 2, ("1\n2", "x")), (5, 4, ("3", "y")),
    ]  # fmt: skip
    assert sheet.where(sheet.rows[1], "b") == "t.csv, line 5, column b (cell B4)"
    assert column_letters(27) == "AB"


@pytest.mark.parametrize(
    ("text", "name", "delimiter"),
    [("a;b\n1;2\n", "t.csv", ";"), ("a\tb\n1\t2\n", "t.tsv", "\t"), ("a\tb\n1\t2\n", "t.csv", "\t"),
     ("a,b;c\n1,2\n", "t.csv", ","), ("a\n1\n", "t.csv", ",")],
)  # fmt: skip
def test_the_delimiter_is_found(source, text, name, delimiter):
    sheet = read_sheet(source(text, name), "t")
    assert sheet.delimiter == delimiter
    assert len(sheet.rows) == 1


def test_a_workbook_gives_what_a_person_sees(source):
    day = datetime.datetime(2021, 5, 31)
    data = workbook(
        data=[["a", "b", "c", "d", "e"], [1, 5.5, day, None, True], [1e6, 0.1, day.date()]]
    )
    sheet = read_sheet(source(data, "t.xlsx"), "t")
    assert [r.cells for r in sheet.rows] == [
        ("1", "5.5", "2021-05-31", "", "true"), ("1000000", "0.1", "2021-05-31", "", ""),
    ]  # fmt: skip
    assert sheet.where(sheet.rows[0], "b") == "t.xlsx, sheet data, column b (cell B2)"


def test_the_sheet_is_the_only_one_or_the_one_named_like_its_role(source):
    two = workbook(notes=[["x"]], Patients=[["a"], ["1"]])
    assert read_sheet(source(two, "t.xlsx"), "patients").sheet_name == "Patients"
    text = refusal(lambda: read_sheet(source(two, "t.xlsx"), "samples"))
    assert "several sheets hold data: notes, Patients" in text
    assert "no sheet holds data" in refusal(
        lambda: read_sheet(source(workbook(x=[]), "t.xlsx"), "t")
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2,3\n", "line 2: the row has 3 cells under 2 titles"),
        ("a,b\n1\n", "line 2: the row has 1 cells under 2 titles"),
        ("a,a\n1,2\n", "the titles ['a'] stand more than once"),
        ("a,,c\n1,2,3\n", "column B has no title"),
        ("\n\n", "the table is empty"),
        ('a,b\n"1,2\n' + "x" * 200_000, "a quoted cell does not end"),
    ],
)
def test_rows_that_do_not_fit_are_refused_in_words(source, text, words):
    assert words in refusal(lambda: read_sheet(source(text, "t.csv"), "t"))


def test_a_damaged_workbook_is_refused(source):
    data = workbook(x=[["a"], [1]])
    for broken in (data[:-50], b"PK\x03\x04" + b"x" * 100):
        assert "workbook" in refusal(lambda b=broken: read_sheet(source(b, "t.xlsx"), "t"))


def test_a_formula_without_its_result_is_refused_with_its_cell(source):
    data = workbook(x=[["a", "b"], [1, "=A2+1"]])
    text = refusal(lambda: read_sheet(source(data, "t.xlsx"), "t"))
    assert "t.xlsx, sheet x, cell B2: the cell holds a formula without its result" in text


def test_trailing_empty_cells_are_no_fault(source):
    sheet = read_sheet(source("a,b,,\n1,2,,\n", "t.csv"), "t")
    assert sheet.titles == ("a", "b")
    assert sheet.rows[0].cells == ("1", "2")


def test_one_file_a_role(tmp_path):
    (tmp_path / "patients.csv").write_text("a")
    (tmp_path / "samples.XLSX").write_text("a")
    assert find_table(tmp_path, "patients").name == "patients.csv"
    assert find_table(tmp_path, "samples").name == "samples.XLSX"
    assert find_table(tmp_path, "plan") is None
    (tmp_path / "patients.xlsx").write_text("a")
    assert "patients.csv, patients.xlsx" in refusal(lambda: find_table(tmp_path, "patients"))


def test_mapping_keeps_our_names_and_leaves_the_rest(source):
    given = source("Pat. no,age,note\nP1,50,x\n", "patients.csv")
    table = map_table(read_sheet(given, "patients"), "patients", {"patient_id": "Pat. no"},
                      required=("patient_id", "age"))  # fmt: skip
    row = table.rows[0]
    assert table.text(row, "patient_id") == "P1"
    assert table.where(row, "patient_id") == "patients.csv, line 2, column Pat. no (cell A2)"
    assert table.unmapped == ("note",)
    assert kept_bytes(given, table) == b"Pat. no,age\nP1,50\n"


def test_a_mapping_that_does_not_fit_is_refused(source):
    sheet = read_sheet(source("a,b\n1,2\n", "t.csv"), "patients")
    text = refusal(lambda: map_table(sheet, "patients", {"patient_id": "x", "y": "a"},
                                     required=("patient_id",)))  # fmt: skip
    assert "`patient_id` is mapped to `x`, which t.csv does not have" in text
    assert "`y` is no column of patients" in text
