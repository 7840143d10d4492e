"""Tables as people deliver them, each cell with its address."""

from __future__ import annotations

import datetime
import io
import time

import openpyxl
import pytest

from ingest.faults import RefusedError
from ingest.files.mapped import kept_bytes, map_table
from ingest.files.tables import column_letters, find_table, read_sheet


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
     ("a,b;c\n1,2\n", "t.csv", ","), ("a\n1\n", "t.csv", ","), ("a|b\n1|2\n", "t.csv", "|"),
     ('"a;b";c,d\n"1;2";3,4\n5;6,7\n', "t.csv", ";"), ("sep=|\na,b|c\n1|2\n", "t.csv", "|"),
     ("a;b\n1,5;2,5\n", "t.csv", ";"), ("a,b\n1,x|y\n", "t.txt", ","),
     ("a,b\n1,2\n", "t.tsv", ",")],
)  # fmt: skip
def test_the_delimiter_is_found(source, text, name, delimiter):
    sheet = read_sheet(source(text, name), "t")
    assert sheet.delimiter == delimiter
    assert len(sheet.rows) == text.replace("sep=|\n", "").count("\n") - 1
    names = {";": "semicolons", "\t": "tabs", "|": "bars"}
    said = (f"cells are divided by {names[delimiter]}",) if delimiter in names else ()
    assert sheet.notes == said


def test_a_line_that_declares_the_delimiter_keeps_line_numbers(source):
    sheet = read_sheet(source("sep=;\r\na;b\r\n1;2\r\n", "t.csv"), "t")
    assert (sheet.titles, sheet.rows[0].line, sheet.rows[0].number) == (("a", "b"), 3, 3)


def test_a_table_that_two_delimiters_divide_equally_well_is_refused(source):
    text = refusal(lambda: read_sheet(source("a,b;c\n1,2;3\n", "t.csv"), "t"))
    assert "the cells could be divided by commas or semicolons" in text
    assert "Do: quote cells that hold the other one, or write `sep=;`" in text


def test_an_encoding_that_is_not_utf8_is_told(source):
    sheet = read_sheet(source("a,b\n1,Größe\n".encode("cp1252"), "t.csv"), "t")
    assert sheet.rows[0].cells == ("1", "Größe")
    assert sheet.notes == (
        "letters are read as cp1252 (Western European Windows), the first on line 2; save the "
        "file as UTF-8 to leave no doubt",
    )
    lost = read_sheet(source("a,b\n1,Gr\ufffd\n", "t.csv"), "t")
    assert "line 2 holds the mark of a lost letter" in lost.notes[0]


def test_very_many_columns_are_refused_quickly(source):
    start = time.monotonic()
    text = refusal(lambda: read_sheet(source(",".join(["a"] * 400_000) + "\n", "t.csv"), "t"))
    assert "the table has 400,000 columns" in text
    assert "Allowed: at most 2,000" in text
    assert time.monotonic() - start < 5


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


def mapped(given, *columns, role="t"):
    return map_table(read_sheet(given, role), role, {}, required=columns)


def test_a_formula_without_its_result_is_refused_with_its_cell_where_its_column_is_mapped(source):
    given = source(workbook(x=[["a", "b"], [1, "=A2+1"]]), "t.xlsx")
    text = refusal(lambda: mapped(given, "a", "b"))
    assert "t.xlsx, sheet x, cells B2" not in text
    assert "t.xlsx, sheet x, cell B2: the cell holds a formula without its result" in text
    assert len(mapped(given, "a").rows) == 1


def spoilt(change, *rows):
    """Return a workbook whose sheet was changed after its rows were written."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_joined_cells_are_refused_with_their_range_where_a_column_of_theirs_is_mapped(source):
    data = spoilt(lambda b: b.active.merge_cells("A2:A3"), ["a", "b"], ["P1", 1], [None, 2])
    text = refusal(lambda: mapped(source(data, "t.xlsx"), "a", "b"))
    assert "cells A2:A3: the cells A2:A3 are joined into one: only A2 holds its value" in text
    assert "Do: unmerge them and fill in every cell" in text
    assert len(mapped(source(data, "t.xlsx"), "b").rows) == 2


def test_what_a_sheet_hides_is_read_and_named(source):
    def hide(book):
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["B"].hidden = True
        book.create_sheet("old").append(["a", "b"])
        book["old"].sheet_state = "hidden"

    sheet = read_sheet(source(spoilt(hide, ["a", "b"], [1, 2], [3, 4]), "t.xlsx"), "t")
    assert [r.cells for r in sheet.rows] == [("1", "2"), ("3", "4")]
    assert sheet.notes == (
        "hidden sheets are not read: old",
        "sheet Sheet hides rows that are read like the others: 3",
        "sheet Sheet hides columns that are read like the others: B",
    )


def test_a_workbook_whose_only_data_are_hidden_is_refused(source):
    def hide(book):
        book.create_sheet("front")
        book["Sheet"].sheet_state = "hidden"

    data = spoilt(hide, ["a"], [1])
    assert "the sheets with data are hidden: Sheet" in refusal(
        lambda: read_sheet(source(data, "t.xlsx"), "t")
    )


def test_cells_read_as_they_are_shown(source):
    def show(book):
        sheet = book.active
        sheet["A2"].number_format = "0%"
        sheet["B2"].number_format = "000"
        sheet["E2"].data_type = "e"
        sheet["G2"].quotePrefix = True

    data = spoilt(show, list("abcdefg"),
                  [0.7, 7, 0.1 + 0.2, "7.5", "#N/A", 123456789012345678, "007"])  # fmt: skip
    (row,) = read_sheet(source(data, "t.xlsx"), "t").rows
    assert row.cells == ("70%", "007", "0.3", "7.5", "#N/A", "1.23456789012346e+17", "007")


def test_days_of_the_1904_calendar_are_the_days_that_excel_shows(source):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def on_a_mac(book):
        book.epoch = CALENDAR_MAC_1904

    data = spoilt(on_a_mac, ["a"], [datetime.date(2021, 5, 31)])
    assert read_sheet(source(data, "t.xlsx"), "t").rows[0].cells == ("2021-05-31",)


def test_blank_rows_and_columns_at_the_end_are_no_rows(source):
    def widen(book):
        for row in range(4, 60):
            book.active.cell(row, 9).number_format = "0.00"
            book.active.cell(row, 9).value = "  "

    data = spoilt(widen, ["a", "b"], [1, 2], [3, 4])
    sheet = read_sheet(source(data, "t.xlsx"), "t")
    assert (sheet.titles, len(sheet.rows)) == (("a", "b"), 2)


def test_a_line_break_inside_a_workbook_cell_is_a_blank_so_that_lines_stay_in_place(source):
    given = source(workbook(x=[["a", "b"], ["x\ny", 1], ["z", 2]]), "t.xlsx")
    table = mapped(given, "a", "b")
    assert [r.cells for r in table.rows] == [("x y", "1"), ("z", "2")]
    again = read_sheet(source(kept_bytes(given, table), "t.csv"), "t")
    assert [(r.line, r.cells) for r in again.rows] == [(r.line, r.cells) for r in table.rows]


def test_of_a_workbook_the_cells_are_kept_and_nothing_else(source):
    def sign(book):
        book.properties.creator = "Dr Anna Schmidt"
        from openpyxl.comments import Comment

        book.active["A2"].comment = Comment("call 13812345678", "Anna")
        book.create_sheet("private").append(["secret"])
        book["private"].sheet_state = "hidden"

    given = source(spoilt(sign, ["a", "b"], ["é", 1]), "t.xlsx")
    kept = kept_bytes(given, mapped(given, "a", "b"))
    assert kept.decode("utf-8-sig") == "a,b\né,1\n"


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
