"""Sheets: judging every text once says exactly what judging every row says."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest.clinic.patients
import ingest.clinic.samples
from ingest.clinic.clinical import People
from ingest.clinic.patients import map_patients, parse_patients
from ingest.clinic.sample_row import Context
from ingest.clinic.samples import map_samples, parse_samples
from ingest.declared.study_toml import read_study
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from simulate.design import Design
from simulate.study import write_study

TODAY = date(2026, 1, 1)
DAYS = ("2020-01-02", "2020-03-04", "2019-01-01", "", "2020-02-30", "4.3.2020", "2031-01-01")
PROTEINS = ("61.5", "70", "", "0", "-3", "999", "61,5", "1,200", "many", " 70 ")
PEOPLE = People({"P1": "patient", "P2": "patient", "C1": "control"}, frozenset({"P3"}))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("sheets") / "study"
    write_study(folder, Design(patients=3, controls=2, targets=12))
    return read_study(SourceFile.from_path(folder / "study.toml"))


def sheet_of(titles, rows, role):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([titles, *rows])
    return read_sheet(SourceFile.from_bytes(Path(f"{role}.csv"), out.getvalue().encode()), role)


def samples_of(study):
    groups = [g.code for g in study.groups]
    columns = {
        "sample_id": st.sampled_from(["S1", "S2", "S3", "S4", "s1", " S5", "", "MAR1", "1-Mar"]),
        "patient_id": st.sampled_from([*PEOPLE.cohorts, "P1", "P2", "P3", "nobody", ""]),
        "visit": st.sampled_from([*study.visit_codes, *study.visit_codes, "never", ""]),
        "group_code": st.sampled_from([*groups, *groups, "empty", "Z", ""]),
        "slide_id": st.sampled_from(["A", "B", "C", "a", ""]),
        "block": st.sampled_from(["1", "2", "3", "", "0", "x", "2.0"]),
        "batch": st.sampled_from(["N1", "N1", "N2", "", "#REF!"]),
        "lot": st.sampled_from(["L1", "L1", "L2", ""]),
        "collected_on": st.sampled_from(DAYS),
        "total_protein_mg_ml": st.sampled_from(PROTEINS),
    }
    return list(columns), st.lists(st.tuples(*columns.values()), min_size=1, max_size=12)


def patients_of(study):
    columns = {
        "patient_id": st.sampled_from(["P1", "P2", "P3", "p1", "", "007", "7"]),
        "cohort": st.sampled_from([*study.cohorts, *study.cohorts, "", "other"]),
        "centre_id": st.sampled_from([*study.centres, *study.centres, "", "nowhere"]),
        "sex": st.sampled_from(["female", "F", "女", "", "x"]),
        "age_years": st.sampled_from(["50", "61", "", "61.5", "161", "old"]),
        **{
            a.attribute_id: st.sampled_from([*a.values, *a.values, "", "other", "|".join(a.values)])
            for a in study.attributes
        },
    }
    return list(columns), st.lists(st.tuples(*columns.values()), min_size=1, max_size=12)


def as_coded(kind, real):
    return real


@contextmanager
def row_by_row():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            ingest.clinic.samples, "sound_rows", lambda sheet: [None] * len(sheet.table.rows)
        )
        patch.setattr(
            ingest.clinic.patients, "_sound_values", lambda table, _: [None] * len(table.rows)
        )
        yield


@pytest.mark.parametrize("unit", ["block", "slide"])
def test_samples(study, unit):
    study = replace(study, array_unit=unit)
    titles, sheets = samples_of(study)

    @settings(max_examples=150, deadline=None)
    @given(sheets)
    def holds(rows):
        table = map_samples(sheet_of(titles, rows, "samples"), study)
        context = Context(study, PEOPLE, as_coded, TODAY, {"P2": date(2020, 3, 1)}, lambda _: None)
        by_text = parse_samples(table, context)
        with row_by_row():
            assert by_text == parse_samples(table, context)

    holds()


def test_patients(study):
    titles, sheets = patients_of(study)

    @settings(max_examples=150, deadline=None)
    @given(sheets)
    def holds(rows):
        table = map_patients(sheet_of(titles, rows, "patients"), study)
        by_text = parse_patients(table, study, as_coded)
        with row_by_row():
            assert by_text == parse_patients(table, study, as_coded)

    holds()
