"""Value cells, and tables laid out as study.toml says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.declared.study_toml import read_study
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.platforms import detect, value_platform
from ingest.platforms.value_cells import Cell, all_commas, read_cell
from ingest.platforms.value_format import TableFormat, Tokens, ValueFormat

TOKENS = Tokens()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("12.5", Cell(12.5, "ok")),
        (" 7 ", Cell(7.0, "ok")),
        ("-1.5e-3", Cell(-0.0015, "ok")),
        ("OOR <", Cell(None, "below")),
        ("oor >", Cell(None, "above")),
        ("*1.23", Cell(1.23, "extrapolated")),
        ("* 1.23", Cell(1.23, "extrapolated")),
        ("<0.5", Cell(None, "below", 0.5)),
        ("<= 0.5", Cell(None, "below", 0.5)),
        (">1000", Cell(None, "above")),
        ("", Cell(None, "missing")),
        ("NaN", Cell(None, "missing")),
        ("N.A.", Cell(None, "missing")),
        ("7.Mar", None),
        ("1,5", None),
        ("1,234.5", None),
        ("<", None),
        ("<low", None),
        ("*", None),
        ("**2", None),
        ("inf", None),
        ("1e999", None),
        ("٣", None),
        ("0x1F", None),
        ("1_000", None),
    ],
)
def test_a_cell_is_a_number_a_known_word_or_nothing(text, cell):
    assert read_cell(text, TOKENS) == cell


def test_decimal_commas_need_the_whole_column():
    assert all_commas(["1,5", "2", "*3,25", "OOR <", ""])
    assert not all_commas(["1,5", "2.5"])
    assert not all_commas(["1", "2"])
    assert read_cell("*1,5", TOKENS, commas=True) == Cell(1.5, "extrapolated")


WIDE = TableFormat(True, ("id", "visit"), other=("note",), lod_label="LOD")
LONG = TableFormat(False, ("sample",), target="analyte", value="conc", unit="unit", lod="lod",
                   kind="type", well="well", fixed_unit="")  # fmt: skip


def read(text, layout, name="plate.csv", **more):
    source = SourceFile.from_bytes(Path(name), text.encode())
    return value_platform("table").read_values(source, ValueFormat(table=layout, **more))


def test_a_wide_table_gives_a_row_a_cell_with_limits_from_their_row():
    reading = read("id,visit,IL-6,TNF,note\nP1,BL,1.5,OOR <,a\nP1,W6,*2,3,\nLOD,,0.5,,\n", WIDE)
    assert reading.labels == ("P1 BL", "P1 W6")
    assert [t[0] for t in reading.targets] == ["IL-6", "TNF"]
    rows = [(r["source_line"], r["label"], r["target_name"], r["value"], r["qualifier"], r["lod"])
            for r in reading.table.to_pylist()]  # fmt: skip
    assert rows == [
        (2, "P1 BL", "IL-6", 1.5, "ok", 0.5), (3, "P1 W6", "IL-6", 2.0, "extrapolated", 0.5),
        (2, "P1 BL", "TNF", None, "below", None), (3, "P1 W6", "TNF", 3.0, "ok", None),
    ]  # fmt: skip
    assert reading.extras.to_pylist() == [{"source_line": 2, "line_json": '{"note": "a"}'}]
    assert reading.n_rows_in == 4


def test_a_long_table_tells_units_wells_limits_and_controls():
    text = (
        "sample;analyte;conc;unit;lod;type;well\n"
        "S1;IL-6;1,5;pg/mL;0.1;Unknown;A1\nS1;IL-6;1,7;pg/mL;0.1;Unknown;A2\n"
        "Std;IL-6;900;pg/mL;;Standard;B1\n"
    )
    table = read(text, LONG).table.to_pylist()
    assert [r["value"] for r in table] == [1.5, 1.7, 900.0]
    assert [r["control_kind"] for r in table] == ["", "", "standard"]
    assert [(r["well"], r["value_unit"], r["lod"]) for r in table][:2] == [
        ("A1", "pg/mL", 0.1), ("A2", "pg/mL", 0.1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "layout", "given"),
    [
        ("id,visit,IL-6,note\nP1,BL,1,\nP1,BL,2,\n", WIDE, "`P1 BL` (lines 2, 3)"),
        ("id,IL-6,note\nP1,1,\n", WIDE, "the column `visit` is missing"),
        ("id,visit,IL-6,note\n,,1,\n", WIDE, "no sample is named on lines 2"),
        ("id,visit,note\nP1,BL,\n", WIDE, "the table holds no value"),
        ("sample,analyte,conc,unit,lod,type,well,age\nS,a,1,x,,,,3\n", LONG,
         "columns that study.toml does not name: age"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_laid_out_so_is_refused(text, layout, given):
    with pytest.raises(RefusedError) as refusal:
        read(text, layout)
    assert given in str(refusal.value)


def test_cells_in_quarantine_have_line_and_target_but_no_value_on_record():
    reading = read("id,visit,IL-6,note\nP1,BL,lip.83,\nP2,BL,4,\n", WIDE)
    [found] = reading.set_aside
    assert (found.line, found.column) == (2, "IL-6")
    assert "lip.83" in found.problem.given
    assert "lip" not in found.record
    assert reading.table.num_rows + 1 == reading.n_rows_in == 2


def test_special_readers_come_before_the_reader_of_tables(source):
    npx = "SampleID;OlinkID;Assay;NPX\nS1;OID1;IL6;2.5\n"
    assert detect(source(npx, "run.csv")).platform_id == "olink"
    assert detect(source("a,b\n1,2\n", "t.csv")).platform_id == "table"
    xponent = '"Program","xPONENT","","MAGPIX"\n\n"DataType:","Median"\n'
    assert detect(source(xponent, "p.csv")).platform_id == "luminex"


VALUES = """
[values]
standards = ["S*"]
missing = ["n.d."]
[table]
orientation = "long"
label = "sample"
target = "analyte"
value = "conc"
unit = "unit"
"""


def as_table_study(text: str) -> str:
    panel = text.replace('platform = "genepix"', 'platform = "table"')
    return panel.replace("channel_nm = 532\n", "").replace('array_unit = "block"\n', "").replace(
        "subtract_median", "as_reported"
    )  # fmt: skip


def test_study_toml_says_how_values_are_read(source, toml_text):
    study = read_study(source(as_table_study(toml_text) + VALUES, "study.toml"))
    assert (study.array_unit, study.channel_nm, study.has_values) == ("well", None, True)
    assert study.value_format.patterns["standard"] == ("S*",)
    assert "n.d." in study.value_format.tokens.missing
    assert study.value_format.table.label == ("sample",)


@pytest.mark.parametrize(
    ("change", "given"),
    [
        (lambda t: t.replace('unit = "unit"\n', ""), "neither `value_unit` nor `unit`"),
        (lambda t: t.replace('label = "sample"\n', ""), "`label` is missing"),
        (lambda t: t.replace('"long"', '"square"'), "`orientation` is 'square'"),
        (lambda t: t.replace("as_reported", "subtract_median"), "`primary_variant`"),
        (lambda t: t.replace('"table"', '"luminex"'), "[table] is for the platform table"),
        (lambda t: t + '\nlodd = "x"\n', "unknown key `lodd`"),
    ],
)
def test_what_cannot_be_is_named(source, toml_text, change, given):
    text = change(as_table_study(toml_text) + VALUES)
    with pytest.raises(RefusedError) as refusal:
        read_study(source(text, "study.toml"))
    assert given in str(refusal.value)
