"""Blocks of xPONENT exports that no real file at hand has: standards, results, other decimals."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.files.source_file import SourceFile
from ingest.platforms.luminex import Luminex
from ingest.platforms.value_format import ValueFormat

HEAD = ['"Program","xPONENT","","MAGPIX"', '"Build","4.2.1705.0"', '"Date","05/11/2022","4:45 PM"',
        "", '"Samples","4","Min Events","50","Per Bead"', "", '"Results"', ""]  # fmt: skip
WELLS = (("1(1,A1)", "Background0"), ("2(1,B1)", "Standard1"), ("3(1,C1)", "Standard2"),
         ("4(1,D1)", "P01"))  # fmt: skip


def block(name: str, cells: list[list[str]]) -> list[str]:
    lines = [f'"DataType:","{name}"', '"Location","Sample","IL-6","MCP-1","Total Events"']
    for (location, label), own in zip(WELLS, cells, strict=True):
        lines.append(",".join(f'"{c}"' for c in (location, label, *own, "400")))
    return [*lines, ""]


def export(*, delimiter: str = ",", decimal: str = ".") -> bytes:
    lines = [
        *HEAD,
        *block("Median", [["11.5", "12"], ["9000", "8000"], ["2200.5", "2100"], ["640", "333.5"]]),
        *block("Count", [["60", "61"], ["70", "71"], ["80", "81"], ["30", "90"]]),
        *block("Result", [["OOR <", "OOR <"], ["1001", "899"], ["251", "224"], ["*63.5", "> 900"]]),
        '"DataType:","% Recovery"', '"Location","Sample","IL-6","MCP-1"',
        '"2(1,B1)","Standard1","100.1","99.9"', "",
        '"DataType:","Standard Expected Concentration"', '"Reagent","IL-6","MCP-1"',
        '"Standard1","1000","900"', '"Standard2","250","225"', "",
        '"DataType:","Units"', '"Analyte:","IL-6","MCP-1"', '"Units:","pg/mL","ng/mL"', "",
        '"-- CRC --"', '"CRC32: 85C2BFCD"', "",
    ]  # fmt: skip
    text = "\r\n".join(lines)
    if delimiter != ",":
        text = text.replace('","', f'"{delimiter}"')
    if decimal != ".":
        for number in ("11.5", "2200.5", "333.5", "63.5", "100.1", "99.9"):
            text = text.replace(number, number.replace(".", decimal))
    return text.encode()


def cells(data: bytes):
    source = SourceFile.from_bytes(Path("plate.csv"), data)
    assert Luminex().recognises(source)
    reading = Luminex().read_values(source, ValueFormat())
    assert reading.set_aside == ()
    return {
        (r["label"], r["target_name"], r["quantity"]): r for r in reading.table.to_pylist()
    }, reading


def test_standards_carry_the_concentration_that_the_file_expects_of_them():
    found, _ = cells(export())
    expected = {k: r["expected_value"] for k, r in found.items() if k[2] == "concentration"}
    assert expected["Standard1", "IL-6", "concentration"] == 1000
    assert expected["Standard2", "MCP-1", "concentration"] == 225
    assert expected["P01", "IL-6", "concentration"] is None


def test_results_have_the_unit_of_their_block_and_keep_what_lies_out_of_range():
    found, _ = cells(export())
    own = found["P01", "IL-6", "concentration"]
    assert (own["value"], own["value_unit"], own["qualifier"]) == (63.5, "pg/mL", "extrapolated")
    own = found["P01", "MCP-1", "concentration"]
    assert (own["value"], own["value_unit"], own["qualifier"]) == (None, "ng/mL", "above")
    assert found["Background0", "IL-6", "concentration"]["qualifier"] == "below"
    assert found["Standard1", "IL-6", "recovery"]["value"] == pytest.approx(1.001)


def test_few_beads_flag_the_signal():
    found, _ = cells(export())
    assert found["P01", "IL-6", "median_fluorescence"]["qc_flag"]
    assert not found["P01", "MCP-1", "median_fluorescence"]["qc_flag"]


@pytest.mark.parametrize(("delimiter", "decimal"), [(";", ","), (";", "."), ("\t", ".")])
def test_another_delimiter_and_decimal_comma_give_the_same_cells(delimiter, decimal):
    plain, _ = cells(export())
    other, _ = cells(export(delimiter=delimiter, decimal=decimal))
    assert {k: r["value"] for k, r in other.items()} == {k: r["value"] for k, r in plain.items()}
    assert {k: r["qualifier"] for k, r in other.items()} == {
        k: r["qualifier"] for k, r in plain.items()
    }
