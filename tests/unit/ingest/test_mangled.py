"""Ids that a spreadsheet changed are named with what they were, and never repaired."""

from __future__ import annotations

import pytest

from ingest.clinic.mangled import KnownIds, day_of_gene, mangled_faults, new_id_faults
from ingest.files.mapped import map_table
from ingest.files.tables import read_sheet

KNOWN = KnownIds(dict.fromkeys(("007", "MAR1", "P06", "1E5", "1234567890123456", "SEPT2", "BER-01"), "patients.csv, line 4"))  # fmt: skip


def column(source, *ids):
    sheet = read_sheet(source("patient_id,x\n" + "".join(f"{i},1\n" for i in ids), "p.csv"), "p")
    return map_table(sheet, "patients", {}, required=("patient_id",))


def faults(source, *ids):
    table = column(source, *ids)
    return [str(f.problem) for f in mangled_faults(table, "patient_id", table.rows)]


@pytest.mark.parametrize(
    ("given", "known", "how"),
    [("7", "007", "with its leading zeros lost"), ("7.0", "007", "with a decimal point added"),
     ("1-Mar", "MAR1", "which Excel takes for a day"), ("2021-03-01", "MAR1", "takes for a day"),
     ("44256", "MAR1", "takes for a day"), ("01-Mar-21", "MAR1", "takes for a day"),
     ("2-Sep", "SEPT2", "takes for a day"), ("100000", "1E5", "in scientific notation"),
     ("1.00E+05", "1E5", "in scientific notation"),
     ("1.23457E+15", "1234567890123456", "in scientific notation"),
     ("1.23456789012345E+15", "1234567890123456", "in scientific notation"),
     ("1234567890123450", "1234567890123456", "cut to 15 digits"),
     ("P6", "P06", "with its zeros lost")],
)  # fmt: skip
def test_an_id_is_recognised_in_what_was_made_of_it(given, known, how):
    found = KNOWN.original_of(given)
    assert found is not None
    assert found.known_id == known
    assert how in found.hint
    assert found.hint.startswith(f"; it looks like `{known}` of patients.csv, line 4, ")


@pytest.mark.parametrize("given", [" P06", "p06", "Ｐ０６"])
def test_an_id_in_another_spelling_is_recognised(given):
    found = KNOWN.original_of(given)
    assert found is not None
    assert found.hint == " (did you mean `P06`?)"


@pytest.mark.parametrize(
    "given", ["007", "8", "P07", "1234567890123457", "MAR2", "BER-02", "44257", "100001", ""]
)
def test_an_id_of_its_own_is_left_alone(given):
    assert KNOWN.original_of(given) is None


@pytest.mark.parametrize(
    ("ids", "words"),
    [(("P01", "1-Mar"), "`1-Mar` is a day, not an id: Excel makes days of ids such as `MAR1`"),
     (("P01", "2021-03-01"), "`2021-03-01` is a day, not an id"),
     (("P01", "3月1日"), "such as `MAR1`"), (("007", "8"), "`8` looks like `008`"),
     (("1.23E+15",), "is a number in scientific notation, not an id"),
     (("7.0", "P1"), "is a number with `.0`, not an id: it looks like `7`"),
     (("1234567890123450",), "is a number cut to 15 digits"),
     (("#N/A",), "`#N/A` is an error of Excel, not an id"),
     (("'007",), "with an apostrophe before it, not an id: it looks like `007`")],
)  # fmt: skip
def test_a_column_names_what_is_no_id_of_its_kind(source, ids, words):
    (text,) = faults(source, *ids)
    assert words in text
    assert f"p.csv, line {len(ids) + 1 if ids[0] != '7.0' else 2}, column patient_id" in text
    assert "Do: format the column as text, correct the cell and save the table again" in text


@pytest.mark.parametrize(
    "ids",
    [("P01", "P02"), ("MAR-01", "BER-01"), ("MAR1", "SEPT2"), ("007", "008", "123"),
     ("8", "10", "123"), ("2021-03-01", "2021-03-02"), ("1E5", "2A1"), ("20210301", "P1")],
)  # fmt: skip
def test_a_study_may_write_its_ids_in_its_own_way(source, ids):
    assert faults(source, *ids) == []


def test_a_new_id_that_a_loaded_one_became_is_named(source):
    table = column(source, "7", "p06", "P6", "P99", "MAR1")
    found = [str(f.problem) for f in new_id_faults(table, "patient_id", table.rows, KNOWN)]
    assert len(found) == 2
    assert (
        "the new id `7` looks like `007`, which is loaded, with its leading zeros lost" in found[0]
    )
    assert "the new id `p06` looks like `P06`, which is loaded in another spelling" in found[1]


@pytest.mark.parametrize(("text", "word"), [("2-Sep", "SEP2"), ("1-Mar", "MAR1"), ("SEPT2", None),
                                            ("MARCH1", None), ("IL-6", None), ("MIP-1", None)])  # fmt: skip
def test_a_gene_that_became_a_day_is_recognised(text, word):
    assert day_of_gene(text) == word
