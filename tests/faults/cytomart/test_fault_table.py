"""One test per row of the fault table that this release covers: what a user meets, end to end.

Each starts from a published demo, spoils the next delivery, and looks at the exit code, the one
clear message, and the published warehouse, which must stay readable throughout.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def home(demo, tmp_path):
    """A private copy of the finished demo."""
    copy = tmp_path / "home"
    shutil.copytree(demo.home, copy)
    return copy


@pytest.fixture
def study(home):
    return home / "demo-study"


def read_rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    return list(reader.fieldnames or []), rows


def write_rows(path: Path, names: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def published_rows(home: Path) -> int:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.execute("select count(*) from marts.fct_measurements").fetchone()[0]


def add_slide(study: Path, slide: str = "SYN-S99", batch: str = "SYN-99") -> Path:
    """Declare a tenth slide of a new batch: a copy of the first one with patients of its own."""
    source = sorted((study / "arrays").glob("*.gpr"))[0]
    target = study / "arrays" / f"{slide}.gpr"
    shutil.copyfile(source, target)
    target.write_bytes(target.read_bytes().replace(source.stem.encode(), slide.encode()))
    names, samples = read_rows(study / "samples.csv")
    old = [r for r in samples if r["slide_id"] == source.stem]
    p_names, patients = read_rows(study / "patients.csv")
    a_names, assessments = read_rows(study / "assessments.csv")
    known = {r["patient_id"] for r in old if r["patient_id"]}
    patients += [
        {**r, "patient_id": "X" + r["patient_id"]} for r in patients if r["patient_id"] in known
    ]
    assessments += [{**r, "patient_id": "X" + r["patient_id"]}
                    for r in assessments if r["patient_id"] in known]  # fmt: skip
    for row in old:
        new = {**row, "slide_id": slide, "batch": batch}
        if row["patient_id"]:
            new |= {"patient_id": "X" + row["patient_id"], "sample_id": "X" + row["sample_id"]}
        samples.append(new)
    write_rows(study / "samples.csv", names, samples)
    write_rows(study / "patients.csv", p_names, patients)
    write_rows(study / "assessments.csv", a_names, assessments)
    return target


def test_a_truncated_slide_is_refused_and_named(home, study, cytomart):
    slide = add_slide(study)
    lines = slide.read_bytes().splitlines(keepends=True)
    slide.write_bytes(b"".join(lines[:-100]))
    done = cytomart(home, "ingest", str(study))
    text = done.out + done.err
    assert done.code == 1, text
    assert "SYN-S99.gpr" in text
    assert f"{8 * 176 - 100} of {8 * 176} spots" in text.replace(",", "")
    assert "Do:" in text
    assert "Traceback" not in text
    assert published_rows(home) == 5600


@pytest.mark.parametrize("verb", ["ingest", pytest.param("run", marks=pytest.mark.slow)])
def test_a_sample_row_without_its_file_waits(home, study, cytomart, verb):
    """Loading names the slide and the exit code; a run (full form) goes on to publish the rest."""
    add_slide(study).unlink()
    done = cytomart(home, verb, str(study))
    text = done.out + done.err
    assert done.code == 1, text
    assert "SYN-S99" in text
    assert "samples.csv" in text
    assert "wait" in text.lower()
    assert published_rows(home) == 5600


def test_an_unknown_target_is_refused_and_named(home, study, cytomart):
    slide = add_slide(study)
    slide.write_bytes(
        slide.read_bytes().replace(b'"Leptin"', b'"Lepton"').replace(b'"LEPTIN"', b'"LEPTON"')
    )
    assert b"Lepton" in slide.read_bytes()
    done = cytomart(home, "ingest", str(study))
    text = done.out + done.err
    assert done.code == 1, text
    assert "SYN-S99.gpr" in text
    assert "Lepton" in text
    assert "Leptin" in text
    assert published_rows(home) == 5600


def test_a_vas_of_14_is_quarantined_and_named(home, study, cytomart):
    add_slide(study)
    names, rows = read_rows(study / "assessments.csv")
    line = next(i for i, r in enumerate(rows, 2)
                if r["patient_id"].startswith("X") and r["instrument_id"] == "vas_pain_0_10")  # fmt: skip
    rows[line - 2]["score"] = "14"
    write_rows(study / "assessments.csv", names, rows)
    done = cytomart(home, "run", str(study))
    text = done.out + done.err
    assert "assessments.csv" in text
    assert str(line) in text
    assert "score" in text
    assert "quarantine" in text.lower()
    with duckdb.connect(str(home / "vault" / "build.duckdb"), read_only=True) as con:
        found = con.execute(
            "select role, source_line, column_name, reason from quality.quarantine"
        ).fetchall()
        assert [(r[0], r[1], r[2]) for r in found] == [("assessments", line, "score")]
        assert "14" not in found[0][3]
    # The rest of the new batch is loaded, released and published.
    assert done.code == 0, text
    assert published_rows(home) == 5600 + 80 * (8 - _empty_blocks(study))


def test_a_duplicated_sample_id_is_refused_with_both_lines(home, study, cytomart):
    names, rows = read_rows(study / "samples.csv")
    rows[5]["sample_id"] = rows[4]["sample_id"]
    write_rows(study / "samples.csv", names, rows)
    done = cytomart(home, "ingest", str(study))
    text = done.out + done.err
    assert done.code == 1, text
    assert "samples.csv" in text
    assert "6" in text
    assert "7" in text
    assert rows[4]["sample_id"] in text
    assert published_rows(home) == 5600


def _empty_blocks(study: Path) -> int:
    _, rows = read_rows(study / "samples.csv")
    return sum(r["slide_id"] == "SYN-S99" and r["group_code"] == "empty" for r in rows)


def test_a_held_batch_is_let_through_with_a_reason_that_shows(home, study, cytomart):
    slide = add_slide(study)
    _spoil_positive_controls(slide)
    done = cytomart(home, "run", str(study))
    text = done.out + done.err
    assert done.code == 1, text
    assert "held" in text
    assert published_rows(home) == 5600
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        status = con.execute("select gate_status from marts.dim_batches where batch_id = 'SYN-99'")
        assert status.fetchone() == ("held",)
        rules = [r[0] for r in con.execute(
            "select rule_id from reporting.rpt_gates where scope_id = 'SYN-99' and outcome <> 'pass' "
            "and severity = 'critical'").fetchall()]  # fmt: skip
    assert rules
    for rule in rules:
        done = cytomart(home, "accept", "SYN-99", rule, "--reason", "controls failed, sera did not")
    assert done.code == 0, done.out + done.err
    assert published_rows(home) > 5600
    assert "controls failed, sera did not" in (home / "reports" / "latest.html").read_text("utf-8")


def _spoil_positive_controls(slide: Path) -> None:
    """Give every POS spot the foreground of its background: the labelling failed."""
    lines = slide.read_bytes().decode("utf-8").split("\r\n")
    head = next(i for i, line in enumerate(lines) if line.startswith('"Block"'))
    titles = [t.strip('"') for t in lines[head].split("\t")]
    back = titles.index("B532 Median")
    for i in range(head + 1, len(lines)):
        cells = lines[i].split("\t")
        if len(cells) > back and cells[titles.index("Name")].strip('"').startswith("POS"):
            cells[titles.index("F532 Median")] = cells[back]
            cells[titles.index("F532 Mean")] = cells[back]
            lines[i] = "\t".join(cells)
    slide.write_bytes("\r\n".join(lines).encode("utf-8"))


def test_a_plan_that_statistics_refuse_is_named_before_anything_is_built(tmp_path, demo, cytomart):
    study = tmp_path / "study"
    shutil.copytree(demo.home / "demo-study", study)
    names, rows = read_rows(study / "plan.csv")
    line = next(i for i, r in enumerate(rows, 2) if r["analysis_id"] == "a_vs_c")
    rows.append({**rows[line - 2], "analysis_id": "once_more"})
    write_rows(study / "plan.csv", names, rows)
    done = cytomart(tmp_path / "home", "run", str(study))
    text = done.out + done.err
    assert done.code == 2, text
    assert f"plan, line {line}" in text
    assert "contrast A_vs_C is planned 2 times in correct mode" in text
    assert f"plan, line {len(rows) + 1}" in text
    assert "Batches: 3 released" in text
    assert "Nothing was published" in text
    assert not (tmp_path / "home" / "warehouse.duckdb").exists()
    assert "SYN-01" in cytomart(tmp_path / "home", "status").out
