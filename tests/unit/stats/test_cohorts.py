"""Standardised differences between cohorts: who enters, which levels, which way round."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from stats.cohorts import cohort_differences
from stats.methods.standardised_difference import APART

AGES = {"p1": 50, "p2": 58, "p3": 66, "p4": None, "c1": 40, "c2": 46, "o1": 30, "o2": 36}
COHORT = {"p": "patient", "c": "control", "o": "another"}


def tables(*, extra=()):
    patients = pa.Table.from_pylist([
        {"study_id": "s", "patient_id": p, "cohort": COHORT[p[0]],
         "sex": "male" if p[0] == "c" else "female", "age_years": age}
        for p, age in AGES.items()
    ])  # fmt: skip
    levels = [("p1", "er", "positive"), ("p2", "er", "positive"), ("p3", "er", "negative"),
              ("c1", "er", "negative"), ("c2", "er", "positive"),
              ("p1", "sites", "spine"), ("p1", "sites", "limb"), ("p2", "sites", "spine"),
              ("c1", "sites", "limb"), ("c2", "sites", "limb"), ("gone", "er", "positive"),
              *extra]  # fmt: skip
    attributes = [{"study_id": "s", "patient_id": p, "attribute_id": a, "level": v}
                  for p, a, v in levels]  # fmt: skip
    declared = [
        {"study_id": "s", "attribute_id": a, "level": v, "level_order": i, "is_multiple": m}
        for a, m, names in (("er", False, ("positive", "negative")),
                            ("sites", True, ("spine", "limb")))
        for i, v in enumerate(names, 1)
    ]  # fmt: skip
    measured = [{"study_id": "s", "patient_id": p, "measure_id": "bmi", "measure_value": v}
                for p, v in (("p1", 20.0), ("p2", 24.0))]  # fmt: skip
    return patients, *map(pa.Table.from_pylist, (attributes, declared, measured))


@pytest.fixture
def found():
    rows = cohort_differences(*tables()).to_pylist()
    return {(r["characteristic_id"], r["level"], r["numerator_cohort"], r["denominator_cohort"]): r
            for r in rows}  # fmt: skip


def test_ages_of_those_who_have_one_patients_first(found):
    row = found["age_years", "", "patient", "control"]
    spread = np.sqrt((np.var([50, 58, 66], ddof=1) + np.var([40, 46], ddof=1)) / 2)
    assert row["standardised_difference"] == pytest.approx((58 - 43) / spread)
    assert (row["n_numerator"], row["n_denominator"]) == (3, 2)
    assert ("age_years", "", "another", "control") in found
    assert ("age_years", "", "control", "patient") not in found


def test_two_classes_have_the_sign_of_the_first_declared_one(found):
    expected = (2 / 3 - 1 / 2) / np.sqrt((2 / 9 + 1 / 4) / 2)
    row = found["er", "", "patient", "control"]
    assert row["standardised_difference"] == pytest.approx(expected)
    assert (row["n_numerator"], row["n_denominator"]) == (3, 2)


def test_each_of_several_values_is_compared_by_itself(found):
    assert ("sites", "", "patient", "control") not in found
    limb = found["sites", "limb", "patient", "control"]
    assert limb["standardised_difference"] == pytest.approx(-0.5 / np.sqrt(0.25 / 2))
    spine = found["sites", "spine", "patient", "control"]
    assert (spine["standardised_difference"], spine["reason"]) == (None, APART)


def test_what_one_cohort_lacks_is_not_compared(found):
    assert not [k for k in found if k[0] == "bmi"]
    assert not [k for k in found if k[0] == "er" and "another" in k[2:]]
    assert found["sex", "", "patient", "control"]["reason"] == APART


def test_a_value_outside_the_declared_ones_counts(found):
    more = cohort_differences(*tables(extra=[("p4", "er", "odd")])).to_pylist()
    (row,) = [r for r in more if r["characteristic_id"] == "er"]
    assert row["n_numerator"] == 4
    assert row["standardised_difference"] > 0
