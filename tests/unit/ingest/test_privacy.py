"""Columns that identify people stop a load; columns that do not, do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.mapped import map_table
from ingest.privacy import identifying_columns
from ingest.tables import read_sheet


def found(source, study, title, cell="x", mapping=None):
    text = f"patient_id,{title}\nP1,{cell}\n"
    sheet = read_sheet(source(text, "patients.csv"), "patients")
    table = map_table(sheet, "patients", mapping or {}, required=("patient_id",))
    return identifying_columns(table, study)


@pytest.mark.parametrize(
    "title",
    ["Name", "Patient Name", "first_name", "surname", "姓名", "DOB", "date of birth", "birth_date",
     "出生日期", "Phone", "mobile no", "电话", "MRN", "Hospital No.", "住院号", "patient record number",
     "SSN", "身份证号", "Home address", "e-mail", "Geburtsdatum", "initials"],
)  # fmt: skip
def test_titles_that_identify(source, study, title):
    (fault,) = found(source, study, title)
    assert f'allow_columns = ["{title}"]' in str(fault.problem)
    assert title not in fault.record


@pytest.mark.parametrize(
    "title",
    ["er", "site_name_code", "t_stage", "filename", "age_years", "sex", "comment", "birth_weight_g",
     "centre_id", "dose", "phonation_score", "renamed", "日期"],
)  # fmt: skip
def test_titles_that_do_not(source, study, title):
    assert found(source, study, title) == []


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("13812345678", "phone"), ("+49 170 1234567", "phone"), ("11010519491231002X", "identity"),
     ("a.b@c.org", "mail")],
)  # fmt: skip
def test_cells_that_identify(source, study, cell, kind):
    (fault,) = found(source, study, "extra", cell)
    assert kind in str(fault.problem)
    assert cell not in str(fault.problem)


@pytest.mark.parametrize("cell", ["2021-05-31", "51", "7.0", "P01", "12345678", "P01-baseline"])
def test_cells_that_do_not(source, study, cell):
    assert found(source, study, "extra", cell) == []


def test_allowed_columns_pass(source, study):
    assert found(source, replace(study, allow_columns=("Name",)), "Name") == []


def test_ids_that_will_be_hidden_may_look_like_anything(source, study):
    text = "patient_id\n11010519491231002X\n"
    table = map_table(read_sheet(source(text, "p.csv"), "patients"), "patients", {},
                      required=("patient_id",))  # fmt: skip
    assert len(identifying_columns(table, study)) == 1
    assert identifying_columns(table, replace(study, ids_are_codes=False)) == []
