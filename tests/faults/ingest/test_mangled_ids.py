"""Ids that a spreadsheet ruined, across the tables of a delivery and against what is loaded."""

from __future__ import annotations

import pytest


def problems(report, role):
    return "\n".join(str(p) for f in report.files if f.role == role for p in f.problems)


def rename(site, old, new, *tables):
    for table in tables:
        site.edit(
            table,
            lambda rows: [r.update(patient_id=new) for r in rows if r["patient_id"] == old],
        )


def test_zeros_lost_in_the_sheet_are_named_with_the_persons_own_cell(site, balanced):
    rename(site, "P01", "007", "patients", "samples", "assessments")
    rename(site, "007", "7", "samples", "assessments")
    report = site.load()
    text = problems(report, "samples")
    assert (
        "samples.csv, line 3, column patient_id (cell B3): `7` is not in the patient table; it "
        "looks like `007` of patients.csv, line 2, column patient_id (cell A2), with its leading "
        "zeros lost. Allowed: an id of the patient table. Do: format the column as text, correct "
        "the cell and save the table again."
    ) in text
    aside = [q for q in report.quarantined if q.role == "assessments"]
    assert len(aside) == 4
    assert all("looks like `007`" in str(q.problem) for q in aside)
    assert site.rows("select distinct reason from quality.quarantine") == [
        ("the person is not in the patient table",)
    ]
    assert report.exit_code == 1
    balanced(report)


@pytest.mark.parametrize(
    ("was", "became"),
    [("MAR1", "1-Mar"), ("MAR1", "2021-03-01"), ("MAR1", "44256"), ("1E5", "1.00E+05"),
     ("12", "12.0")],
)  # fmt: skip
def test_other_ruins_are_named_too(site, was, became):
    rename(site, "P01", was, "patients", "samples", "assessments")
    rename(site, was, became, "samples")
    assert f"`{became}` is not in the patient table; it looks like `{was}` of" in problems(
        site.load(), "samples"
    )


def test_a_ruined_id_in_the_patient_table_refuses_it(site, balanced):
    rename(site, "P01", "1-Mar", "patients")
    report = site.load()
    assert "patients.csv, line 2, column patient_id (cell A2): `1-Mar` is a day, not an id" in (
        problems(report, "patients")
    )
    assert site.count("raw.patients") == 0
    balanced(report)


def test_a_ruined_id_does_not_enter_as_another_person_later(site, balanced):
    rename(site, "P01", "007", "patients", "samples", "assessments")
    site.load()
    rename(site, "007", "7", "patients")
    report = site.load()
    assert (
        "the new id `7` looks like `007`, which is loaded, with its leading zeros lost"
        in problems(report, "patients")
    )
    assert site.count("raw.patients") == 9
    balanced(report)


def test_loaded_ids_are_known_behind_their_pseudonyms(site):
    toml = site.folder / "study.toml"
    toml.write_text(
        toml.read_text("utf-8").replace("ids_are_codes = true", "ids_are_codes = false")
    )
    rename(site, "P01", "007", "patients", "samples", "assessments")
    site.load()
    rename(site, "007", "7", "patients", "samples")
    report = site.load()
    assert "the new id `7` looks like `007`, which is loaded" in problems(report, "patients")
    site.edit("patients", lambda rows: rows[0].update(patient_id="007"))
    assert "`7` is not in the patient table; it looks like `007` of patients.csv, line 2" in (
        problems(site.load(), "samples")
    )


def test_sample_ids_are_looked_at_like_patients(site):
    site.load()
    site.edit("samples", lambda rows: rows[0].update(sample_id="p06-BASELINE"))
    text = problems(site.load(), "samples")
    assert "ids differ only in blanks, case or width" in text
    site.edit("samples", lambda rows: rows[0].update(sample_id="#REF!", batch="#N/A"))
    text = problems(site.load(), "samples")
    assert "column sample_id (cell A2): `#REF!` is an error of Excel, not an id" in text
    assert "`#N/A` is an error of Excel, not a value" in text


def test_a_slide_whose_zeros_were_lost_in_the_sheet_is_named(site):
    site.slide(1).rename(site.folder / "arrays" / "0071.gpr")
    site.edit("samples", lambda rows: [r.update(slide_id="71") for r in rows
                                       if r["slide_id"] == "SYN-S01"])  # fmt: skip
    report = site.load()
    said = "\n".join(str(w.problem) for w in report.waiting)
    assert "no file arrays/71.gpr; it looks like `0071`, with its leading zeros lost" in said


def test_a_target_that_became_a_day_refuses_the_catalog(site):
    (site.folder / "catalog.csv").write_text(
        "target_name,gene_symbols\nIL-6,IL6\n2-Sep,2-Sep\n", "utf-8"
    )
    text = problems(site.load(), "catalog")
    assert "catalog.csv, line 3, column target_name (cell A3): `2-Sep` is a day" in text
    assert "Excel makes days of names such as `SEP2`" in text
    assert "column gene_symbols (cell B3)" in text
