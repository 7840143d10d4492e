"""P14 for files of finished values: Luminex, Intelliflex, Olink and tables of concentrations."""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from contracts import CytomartError
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.platforms import candidates, value_platform
from ingest.platforms.value_format import TableFormat, ValueFormat
from ingest.platforms.value_rows import SCHEMA
from ingest.redcap.dictionary import read_dictionary
from ingest.redcap.mapping import read_mapping

SECONDS = 20.0
TARGETS = ("IL-6", "TNF alpha", "MCP-1")
WIDE = TableFormat(True, ("patient_id", "timepoint"), lod_label="LOD")
LONG = TableFormat(False, ("sample",), target="analyte", value="value", unit="unit", lod="lod")


def xponent() -> bytes:
    lines = ['"Program","xPONENT","","MAGPIX"', '"Build","4.2.1705.0"',
             '"Date","05/11/2022","4:45 PM"', '"Batch","plate 1"', '"ProtocolName","panel"', "",
             '"Samples","6","Min Events","50","Per Bead"', "", '"Results"', ""]  # fmt: skip
    labels = ("Background0", "Standard1", "Standard2", "P01", "P02", "P03")
    titles = ",".join(f'"{t}"' for t in ("Location", "Sample", *TARGETS, "Total Events"))
    for kind in ("Median", "Net MFI", "Count"):
        lines += [f'"DataType:","{kind}"', titles]
        for i, label in enumerate(labels):
            values = [f'"{100 * i + 7 * k + len(kind)}"' for k in range(len(TARGETS))]
            lines.append(f'"{i + 1}(1,{"ABCDEF"[i]}1)","{label}",{",".join(values)},"300"')
        lines.append("")
    lines += ['"DataType:","Standard Expected Concentration"', titles.replace(',"Total Events"', "")
              .replace('"Location","Sample"', '"Reagent"'),
              '"Standard1","1000","900","800"', '"Standard2","250","225","200"', "",
              '"DataType:","Units"', '"Analyte:","IL-6","TNF alpha","MCP-1"',
              '"Units:","pg/mL","pg/mL","pg/mL"', "", '"-- CRC --"', '"CRC32: 85C2BFCD"', ""]  # fmt: skip
    return "\r\n".join(lines).encode()


def intelliflex() -> bytes:
    own = ("MEDIAN", "NET MEDIAN", "COUNT")
    titles = ["INSTRUMENT TYPE", "SERIAL NUMBER", "SOFTWARE VERSION", "PLATE NAME", "PLATE START",
              "WELL LOCATION", "WELL TYPE", "WELL STATUS", "SAMPLE ID", "TOTAL EVENTS"]  # fmt: skip
    for k, _ in enumerate(TARGETS):
        titles += [f"R{20 + k}: RP1 ANALYTE NAME", f"R{20 + k}: RP1 REGION"]
        titles += [f"R{20 + k}: RP1 {o}" for o in own]
    lines = [",".join(titles)]
    for i in range(6):
        cells = ["INTELLIFLEX", "SN", "2.1", "plate", "2024-10-07 12:00:00 PM", f"A{i + 1}",
                 f"U{i + 1}", "Success", f"P{i + 1:02d}", "400"]  # fmt: skip
        for k, name in enumerate(TARGETS):
            cells += [name, str(20 + k), str(500 + i), str(480 + i), "60"]
        lines.append(",".join(cells))
    return ("\n".join(lines) + "\n").encode()


def npx_table() -> pa.Table:
    rows = [
        {"SampleID": label, "Index": str(i + 1), "OlinkID": f"OID2{k:04d}", "UniProt": "P05231",
         "Assay": name.replace(" ", ""), "MissingFreq": "0.1", "Panel": "Inflammation",
         "Panel_Lot_Nr": "B1", "PlateID": "plate 1", "QC_Warning": "PASS", "LOD": "-0.5",
         "NPX": f"{0.25 * i + k:.4f}", "Normalization": "Intensity", "Assay_Warning": "PASS"}
        for i, label in enumerate(("P01", "P02", "P03", "CONTROL_SAMPLE_AS 1"))
        for k, name in enumerate(TARGETS)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def npx_csv() -> bytes:
    out = io.BytesIO()
    pacsv.write_csv(npx_table(), out, pacsv.WriteOptions(delimiter=";"))
    return out.getvalue()


def npx_parquet() -> bytes:
    table = npx_table()
    for name in ("NPX", "LOD"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, pc.cast(table[name], pa.float64()))
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def wide_rows() -> list[list[object]]:
    return [["patient_id", "timepoint", *TARGETS], ["LOD", "", 0.5, 0.5, 1],
            *([f"P{i:02d}", t, 10.5 * i, "OOR <" if i % 3 else "*1.25", f"<{i}"]
              for i in range(1, 9) for t in ("BL", "6-8 wks"))]  # fmt: skip


def wide_csv() -> bytes:
    return "\n".join(",".join(str(c) for c in row) for row in wide_rows()).encode() + b"\n"


def wide_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in wide_rows():
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def long_tsv() -> bytes:
    lines = ["sample\tanalyte\tvalue\tunit\tlod"]
    lines += [f"P{i:02d}\t{name}\t{3.5 * i}\tpg/mL\t0.5" for i in range(1, 9) for name in TARGETS]
    return ("\n".join(lines) + "\n").encode()


FILES: dict[str, tuple[str, Callable[[], bytes], str, ValueFormat]] = {
    "xponent": ("luminex", xponent, "plate.csv", ValueFormat()),
    "intelliflex": ("luminex", intelliflex, "plate.csv", ValueFormat()),
    "olink_csv": ("olink", npx_csv, "plate.csv", ValueFormat()),
    "olink_parquet": ("olink", npx_parquet, "plate.parquet", ValueFormat()),
    "wide_csv": ("table", wide_csv, "plate.csv", ValueFormat(table=WIDE)),
    "wide_xlsx": ("table", wide_xlsx, "plate.xlsx", ValueFormat(table=WIDE)),
    "long_tsv": ("table", long_tsv, "plate.tsv", ValueFormat(table=LONG)),
}


def outcome(platform_id: str, name: str, form: ValueFormat, spoilt) -> str:
    """Read a spoilt file; return whether values came or a refusal in words."""
    refusal, reading = None, None
    begin = time.process_time()
    try:
        source = SourceFile.from_bytes(Path(name), spoilt.data)
        candidates(source)
        reading = value_platform(platform_id).read_values(source, form)
    except RefusedError as refused:
        refusal = refused
    except Exception as error:
        raise AssertionError(f"{name}, {spoilt.what}: {error!r}") from error
    assert time.process_time() - begin < SECONDS, spoilt.what
    if reading is None:
        assert refusal.faults, spoilt.what
        assert all(f.rule_id and f.record and f.problem.given for f in refusal.faults)
        return "refused"
    assert reading.table.schema.names == SCHEMA.names, spoilt.what
    assert reading.n_rows_in == reading.table.num_rows + len(reading.set_aside), spoilt.what
    ok = reading.table.filter(
        pc.is_in(reading.table["qualifier"], pa.array(["ok", "extrapolated"]))
    )
    assert ok["value"].null_count == 0, spoilt.what
    assert pc.all(pc.is_finite(reading.table["value"].drop_null())).as_py() in (True, None)
    assert set(reading.table["label"].to_pylist()) <= set(reading.labels), spoilt.what
    return "read"


@pytest.mark.parametrize("kind", FILES)
def test_a_spoilt_file_of_values_gives_accounted_cells_or_a_refusal(kind, spoil, seeds):
    platform_id, make, name, form = FILES[kind]
    data = make()
    sound = SourceFile.from_bytes(Path(name), data)
    assert value_platform(platform_id).read_values(sound, form).table.num_rows > 10
    ends = Counter(outcome(platform_id, name, form, spoil(data, seed)) for seed in seeds)
    assert ends["refused"] > len(seeds) // 20
    assert ends["read"] > 0 or kind == "olink_parquet"


MAPPING = b"""[source]
export = "demo_DATA_*.csv"
dictionary = "dictionary.csv"
record_id = "record_id"
missing_codes = ["-999"]
[visits]
before_arm_1 = "baseline"
"after_arm_1#2" = "follow_up"
[left_out]
identifiers = ["initials"]
events = []
[patients]
patient_id = { field = "record_id" }
cohort = { value = "patient" }
sex = { field = "sex", levels = { "1" = "female", "2" = "male" } }
sites = { checkbox = "sites", levels = { "1" = "skull", "2" = "spine" } }
[[assessments]]
instrument_id = "vas_pain_0_10"
score = { field = "vas" }
assessed_on = { field = "visit_date", part = "day" }
[seen]
sex = "radio | 1, Female | 2, Male"
"""


def redcap_dictionary() -> bytes:
    titles = ("Variable / Field Name", "Form Name", "Field Type", "Field Label",
              "Choices, Calculations, OR Slider Labels", "Text Validation Type OR Show Slider Number",
              "Text Validation Min", "Text Validation Max", "Identifier?")  # fmt: skip
    rows = [titles, ("record_id", "enrolment", "text", "Study ID", "", "", "", "", ""),
            ("sex", "enrolment", "radio", "Sex", "1, Female | 2, Male", "", "", "", ""),
            ("vas", "scores", "text", "VAS", "", "number", "0", "10", ""),
            ("sites", "tumour", "checkbox", "Sites", "1, Skull | 2, Spine", "", "", "", "y")]  # fmt: skip
    return "\n".join(",".join(f'"{c}"' for c in row) for row in rows).encode()


@pytest.mark.parametrize("read", [read_dictionary, read_mapping])
def test_a_spoilt_redcap_dictionary_or_mapping_is_read_or_refused(read, spoil, seeds):
    data = redcap_dictionary()
    name = "dictionary.csv"
    if read is read_mapping:
        data, name = MAPPING, "redcap-mapping.toml"
    for seed in seeds:
        spoilt = spoil(data, seed)
        problem = None
        try:
            read(SourceFile.from_bytes(Path(name), spoilt.data))
        except (RefusedError, CytomartError) as refused:
            problem = refused
        except Exception as error:
            raise AssertionError(f"{name}, {spoilt.what}: {error!r}") from error
        assert problem is None or str(problem), spoilt.what
