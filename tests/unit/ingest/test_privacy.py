"""Columns that identify people stop a load; columns that do not, do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingest.clinic.privacy import identifying_columns
from ingest.files.mapped import map_table
from ingest.files.tables import read_sheet


def found(source, study, title, cell="x", mapping=None):
    text = f"patient_id,{title}\nP1,{cell}\n"
    sheet = read_sheet(source(text, "patients.csv"), "patients")
    table = map_table(sheet, "patients", mapping or {}, required=("patient_id",))
    return identifying_columns(table, study)


@pytest.mark.parametrize(
    "title",
    ["Name", "Patient Name", "first_name", "surname", "姓名", "DOB", "date of birth", "birth_date",
     "出生日期", "Phone", "mobile no", "电话", "MRN", "Hospital No.", "住院号", "patient record number",
     "SSN", "身份证号", "Home address", "e-mail", "Geburtsdatum", "initials", "birth", "geb_dat",
     "Date de naissance", "Fecha de nacimiento", "data di nascita", "yob", "Prénom", "Nachname",
     "apellidos", "cognome", "Téléphone", "Handy-Nr.", "teléfono", "病人姓名", "手机号码", "邮编",
     "Fallnummer", "Versichertennummer", "codice fiscale", "BSN", "dossier", "Wohnort"],
)  # fmt: skip
def test_titles_that_identify(source, study, title):
    (fault,) = found(source, study, title)
    assert f'allow_columns = ["{title}"]' in str(fault.problem)
    assert fault.record.startswith("a column looks like a")
    assert title not in fault.record or title == "birth"


@pytest.mark.parametrize(
    "title",
    ["er", "site_name_code", "t_stage", "filename", "age_years", "sex", "comment", "birth_weight_g",
     "centre_id", "dose", "phonation_score", "renamed", "日期", "gene_name_count", "nominal",
     "tel_aviv_score", "birads", "nipple_side", "street_drug_use", "geblast", "疼痛评分", "性别"],
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


def column(source, study, *cells, title="extra"):
    text = f"patient_id,{title}\n" + "".join(f'P{i},"{c}"\n' for i, c in enumerate(cells))
    sheet = read_sheet(source(text, "patients.csv"), "patients")
    table = map_table(sheet, "patients", {}, required=("patient_id",))
    return "\n".join(str(f.problem) for f in identifying_columns(table, study, date(2026, 1, 1)))


@pytest.mark.parametrize(
    "cells",
    [("Anna Berg", "Ida Lund", "Eva Holm", "Åsa Ek", "Liv O'Neil"),
     ("Berg, Anna", "Lund, Ida", "Holm, Eva", "Ek, Åsa", "Dr. Siv Hav"),
     ("王芳", "李娜", "张伟", "刘洋", "陈小明")],
)  # fmt: skip
def test_cells_that_are_names_whatever_their_title(source, study, cells):
    assert "the column `extra` looks like names" in column(source, study, *cells)


@pytest.mark.parametrize(
    "cells",
    [("Breast Cancer",) * 4 + ("Lung Cancer",), ("乳腺癌", "肺癌", "胃癌", "肝癌", "食管癌"),
     ("高中", "高中", "大学", "高中", "大学"), ("T1", "T2", "T3", "T4", "Tis"),
     ("left femur", "right femur", "spine", "skull", "pelvis")],
)  # fmt: skip
def test_other_words_are_no_names(source, study, cells):
    assert column(source, study, *cells) == ""


def test_days_long_ago_are_birth_dates_whatever_their_title(source, study):
    old = ("1950-04-01", "12/05/1962", "1971-01-30", "1980-12-24")
    assert "the column `geb` looks like a birth date" in column(source, study, *old, title="geb")
    assert "the column `day0` looks like birth dates" in column(source, study, *old, title="day0")
    recent = ("2019-04-01", "2020-05-12", "2021-01-30", "2022-12-24")
    assert column(source, study, *recent, title="day0") == ""
