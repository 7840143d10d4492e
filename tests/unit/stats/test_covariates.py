"""Covariates as columns of a linear model: by key, centred, with what is missing said."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from stats.covariates import cancelled_in_pairs, covariate_matrix, covariate_note
from stats.design import ABSENT, Sheet, arm_rows, pair_rows, read_sheet
from stats.plan import read_plan
from stats.tables import described_patients, described_samples

AGES = {"P01": 40, "P02": 50, "P03": None, "C01": 30, "C02": 20}
CENTRES = {"P01": "north", "P02": "south", "P03": "east", "C01": "north", "C02": ""}


@pytest.fixture
def sheet(make_study):
    study = make_study(n_patients=3, n_controls=2)
    for sample in study.samples:
        person = sample["patient_id"]
        sample.update(age_years=AGES[person], centre_id=CENTRES[person] or None, lot="L1")
        sample["collected_day"] = 14 if sample["visit"] == "follow_up" else 0
    return read_sheet(study.tables()[1])


@pytest.fixture
def analysis(as_plan, make_contrast):
    def planned(covariates, above="A", below="C", **more):
        method = "moderated_t"
        row = make_contrast(above, below, primary_method=method, covariates=covariates, **more)
        (found,) = read_plan(as_plan([row]))
        return found

    return planned


def declared(**is_number):
    names = list(is_number)
    return pa.table({"study_id": pa.array(["s"] * len(names), pa.string()),
                     "column_name": pa.array(names, pa.string()),
                     "is_number": pa.array(list(is_number.values()), pa.bool_())})  # fmt: skip


def both(analysis, sheet):
    return np.concatenate(arm_rows(analysis, sheet))


def test_a_number_is_centred_on_those_that_have_it(sheet, analysis):
    age = analysis("age_years")
    rows = both(age, sheet)
    assert [sheet.columns["patient_id"][i] for i in rows] == ["P01", "P02", "P03", "C01", "C02"]
    matrix, names = covariate_matrix(age, sheet, rows)
    assert names == ("age_years",)
    np.testing.assert_array_equal(matrix[:, 0], [5, 15, np.nan, -5, -15])
    assert covariate_note(age, sheet, rows) == "1 samples without age_years are left out"


def test_a_class_is_a_column_for_each_value_but_the_first(sheet, analysis):
    centre = analysis("centre_id")
    rows = both(centre, sheet)
    matrix, names = covariate_matrix(centre, sheet, rows)
    assert names == ("centre_id=north", "centre_id=south")
    np.testing.assert_array_equal(matrix, [[1, 0], [0, 1], [0, 0], [1, 0], [np.nan, np.nan]])


def test_a_sample_without_one_covariate_is_out_of_all_columns(sheet, analysis):
    two = analysis("age_years,centre_id")
    rows = both(two, sheet)
    matrix, names = covariate_matrix(two, sheet, rows)
    # East is only of the one whose age is unknown: it is no column.
    assert names == ("age_years", "centre_id=south")
    np.testing.assert_array_equal(np.isnan(matrix).all(axis=1), [0, 0, 1, 0, 1])
    np.testing.assert_array_equal(np.isnan(matrix).any(axis=1), [0, 0, 1, 0, 1])
    note = covariate_note(two, sheet, rows)
    assert note == "2 samples without age_years, centre_id are left out"


def test_what_is_the_same_everywhere_is_no_column_and_said(sheet, analysis):
    lot = analysis("lot,collected_day")
    rows = both(lot, sheet)
    matrix, names = covariate_matrix(lot, sheet, rows)
    assert (matrix.shape, names) == ((5, 0), ())
    assert covariate_note(lot, sheet, rows) == (
        "lot is the same in all samples: not adjusted for; "
        "collected_day is the same in all samples: not adjusted for"
    )


def test_an_absent_partner_has_no_covariates_and_is_no_missing_sample(sheet, analysis, make_study):
    gone = make_study(n_patients=3)
    samples = [s for s in gone.samples if s["sample_id"] != "P02-baseline"]
    for s in samples:
        s["collected_day"] = 14 if s["visit"] == "follow_up" else 0
    own = read_sheet(pa.Table.from_pylist(samples))
    pairs = analysis("collected_day", "B", "A")
    rows = np.concatenate(pair_rows(pairs, own))
    assert (rows == ABSENT).sum() == 1
    matrix, _ = covariate_matrix(pairs, own, rows)
    mean = 3 * 14 / 5
    np.testing.assert_allclose(matrix[:, 0], [14 - mean] * 3 + [-mean, np.nan, -mean], rtol=1e-15)
    assert covariate_note(pairs, own, rows) == ""


def test_without_covariates_there_is_no_column(sheet, analysis):
    none = analysis("")
    matrix, names = covariate_matrix(none, sheet, both(none, sheet))
    assert (matrix.shape, names) == ((5, 0), ())
    assert not np.isnan(matrix).any()
    assert covariate_note(none, sheet, both(none, sheet)) == ""


def test_the_order_of_samples_changes_no_bit(sheet, analysis):
    two = analysis("age_years,centre_id")
    rows = both(two, sheet)
    matrix, _ = covariate_matrix(two, sheet, rows)
    turned, _ = covariate_matrix(two, sheet, rows[::-1])
    np.testing.assert_array_equal(matrix, turned[::-1])


def test_numbers_are_numbers_and_digits_of_a_class_are_not(sheet):
    assert set(sheet.numbers) == {"age_years", "collected_day"}
    samples = pa.table({"study_id": ["s"], "sample_id": ["x"], "patient_id": ["p"],
                        "visit": ["v"], "group_code": ["A"]})  # fmt: skip
    classes = pa.table({"study_id": ["s", "s", "s"], "sample_id": ["x", "x", "x"],
                        "grouping": ["centre_id", "sites", "sites"],
                        "class_value": ["7", "spine", "limb"]})  # fmt: skip
    quantities = pa.table({"study_id": ["s"], "sample_id": ["x"], "quantity": ["age_years"],
                           "quantity_value": [51.0]})  # fmt: skip
    own = read_sheet(described_samples(samples, classes, quantities, declared()))
    assert own.columns["centre_id"] == ("7",)
    assert own.columns["sites"] == ("limb|spine",)
    assert own.columns["age_years"] == ("51",)
    assert own.numbers["age_years"].tolist() == [51.0]
    assert "centre_id" not in own.numbers


def test_patients_are_described_by_their_attributes():
    patients = pa.table({"study_id": ["s"] * 4, "patient_id": ["p", "q", "r", "t"],
                         "age_years": [59, 60, None, 90]})  # fmt: skip
    attributes = pa.table({"study_id": ["s"], "patient_id": ["p"], "attribute_id": ["er"],
                           "level": ["positive"]})  # fmt: skip
    described = described_patients(patients, attributes, declared(sites=False, bmi=True))
    assert described["er"].to_pylist() == ["positive", None, None, None]
    assert described["age_class"].to_pylist() == ["under_60", "60_and_over", None, "60_and_over"]
    assert described["sites"].to_pylist() == [None] * 4
    assert "bmi" not in described.column_names


def test_declared_columns_are_there_before_their_values():
    samples = pa.table({"study_id": ["s", "s"], "sample_id": ["x", "y"], "patient_id": ["p", "q"],
                        "visit": ["v", "v"], "group_code": ["A", "A"]})  # fmt: skip
    classes = pa.table({"study_id": ["s"], "sample_id": ["x"], "grouping": ["er"],
                        "class_value": pa.array([None], pa.string())})  # fmt: skip
    quantities = pa.table({"study_id": ["s"], "sample_id": ["y"], "quantity": ["bmi"],
                           "quantity_value": [27.5]})  # fmt: skip
    columns = declared(er=False, bmi=True, dose_gy=True)
    own = read_sheet(described_samples(samples, classes, quantities, columns))
    assert own.columns["er"] == ("", "")
    assert set(own.numbers) == {"bmi", "dose_gy"}
    np.testing.assert_array_equal(own.numbers["bmi"], [np.nan, 27.5])
    np.testing.assert_array_equal(own.numbers["dose_gy"], [np.nan, np.nan])
    nobody = read_sheet(described_samples(samples[:0], classes[:0], quantities[:0], columns))
    assert (nobody.columns["er"], nobody.numbers["bmi"].shape) == ((), (0,))


def test_what_is_the_same_in_both_samples_of_every_pair_cancels(sheet, analysis):
    pairs = analysis("collected_day,lot,batch_id", "B", "A")
    batches = ["" if p == "P03" else p for p in sheet.columns["patient_id"]]
    own = Sheet({**sheet.columns, "batch_id": tuple(batches)}, sheet.numbers)
    assert cancelled_in_pairs(pairs, own) == ("batch_id",)
    batches[sheet.sample_ids.index("P02-baseline")] = "other"
    assert cancelled_in_pairs(pairs, Sheet({**own.columns, "batch_id": tuple(batches)})) == ()
    nowhere = Sheet({**own.columns, "batch_id": ("",) * len(batches)})
    assert cancelled_in_pairs(pairs, nowhere) == ()
