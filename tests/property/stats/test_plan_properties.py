"""A whole plan on tables: rows in any order, and duplicated patients refused."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import CytomartError, from_rows
from contracts.raw import PLAN
from stats import run

# A slow or busy machine is no failure of a law.
SHORT = settings(deadline=None, max_examples=25)

#: A whole plan takes a quarter of a second, and all rows of a draw are its checks: a few draws
#: are the quick form, the full one is `make test-full`.
DRAWS = pytest.mark.parametrize("n_draws", [8, pytest.param(60, marks=pytest.mark.slow)])

TARGETS = ("T1", "T2", "T3")


def holds(law, n_draws, **drawn):
    """Try a law on so many draws."""
    settings(deadline=None, max_examples=n_draws)(given(**drawn)(law))()


def measurement(sample_id, target, level):
    return {"study_id": "s", "sample_id": sample_id, "analyte_id": target, "variant_id": "v",
            "level_log2": level, "is_primary_variant": True}  # fmt: skip


def contrast(name, above, below, method, pairing, mode="correct"):
    return {
        "study_id": "s", "file_sha256": "", "source_line": 2, "analysis_id": name,
        "kind": "contrast", "contrast_id": f"{above}_vs_{below}", "numerator_group": above,
        "denominator_group": below, "grouping": "group_code", "subset": "", "pairing": pairing,
        "covariates": "", "family": "f", "primary_method": method, "mode": mode,
        "status": "exploratory", "alpha": 0.05, "min_abs_fold_change": 1.0, "plan_hash": "h",
    }  # fmt: skip


PLAN_ROWS = [
    contrast("a_vs_c", "A", "C", "welch_t", "independent"),
    contrast("b_vs_a", "B", "A", "paired_t", "patient"),
    contrast("paper", "B", "A", "student_t", "independent", "paper"),
    {**contrast("equal", "A", "C", "tost", "independent"), "kind": "equivalence",
     "min_abs_fold_change": 1.5},
    {**contrast("abc", None, None, "mixed_model", "patient"), "kind": "omnibus",
     "contrast_id": "all"},
]  # fmt: skip
OUTCOMES = pa.schema(
    [(n, pa.string()) for n in ("study_id", "patient_id", "cohort", "visit", "instrument_id",
                                "site_id")] + [("score", pa.float64()),
                                               ("baseline_score", pa.float64())]
).empty_table()  # fmt: skip


@st.composite
def studies(draw):
    """Return (measurements, samples) of patients with one or both visits, and of controls."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    visits = draw(st.lists(st.sampled_from(["A", "B", "AB"]), min_size=2, max_size=7))
    people = [(f"p{i}", groups) for i, groups in enumerate(visits)]
    people += [(f"c{i}", "C") for i in range(draw(st.integers(0, 5)))]
    samples = [
        {"study_id": "s", "sample_id": f"{person}{group}", "patient_id": person,
         "visit": "follow_up" if group == "B" else "baseline", "group_code": group}
        for person, groups in people for group in groups
    ]  # fmt: skip
    measurements = [
        measurement(s["sample_id"], t, None if rng.random() < 0.1 else float(rng.normal(9, 1)))
        for s in samples
        for t in TARGETS
    ]
    return measurements, samples


def results(measurements, samples, plan_rows):
    return run.run_plan(
        pa.Table.from_pylist(measurements), pa.Table.from_pylist(samples), OUTCOMES,
        from_rows(plan_rows, PLAN), n_permutations=20,
    )  # fmt: skip


@DRAWS
def test_the_order_of_rows_never_matters(n_draws):
    def law(study, data):
        measurements, samples = study
        shuffled = [data.draw(st.permutations(rows)) for rows in (measurements, samples, PLAN_ROWS)]
        assert results(measurements, samples, PLAN_ROWS) == results(*shuffled)

    holds(law, n_draws, study=studies(), data=st.data())


@SHORT
@given(study=studies(), data=st.data())
def test_a_duplicated_patient_is_refused(study, data):
    measurements, samples = study
    twin = data.draw(st.sampled_from(samples))
    samples = [*samples, {**twin, "sample_id": f"{twin['sample_id']}-again"}]
    measurements = measurements + [
        {**m, "sample_id": f"{twin['sample_id']}-again"}
        for m in measurements
        if m["sample_id"] == twin["sample_id"]
    ]
    with pytest.raises(CytomartError, match=r"1 patients have several samples in"):
        results(measurements, samples, PLAN_ROWS)


@SHORT
@given(study=studies(), data=st.data())
def test_a_duplicated_measurement_is_refused(study, data):
    measurements, samples = study
    twin = data.draw(st.sampled_from(measurements))
    with pytest.raises(CytomartError, match="stands more than once"):
        results([*measurements, dict(twin)], samples, PLAN_ROWS)


@SHORT
@given(study=studies())
def test_every_gap_has_a_reason_and_every_adjusted_p_is_at_least_p(study):
    for row in results(*study, PLAN_ROWS).tests.to_pylist():
        if row["p_value"] is None:
            assert row["reason"]
            assert row["p_adjusted"] is row["p_adjusted_global"] is None
        else:
            assert row["p_adjusted"] >= row["p_value"] * (1 - 1e-15)
            assert row["p_adjusted_global"] >= row["p_value"] * (1 - 1e-15)


@DRAWS
def test_pairs_and_dropped_are_all_patients_of_the_arms(n_draws):
    def law(study):
        _, samples = study
        patients = {s["patient_id"] for s in samples if s["group_code"] in "AB"}
        for row in results(*study, PLAN_ROWS).tests.to_pylist():
            if row["method"] == "paired_t":
                assert row["n_pairs"] + row["n_dropped"] == len(patients)

    holds(law, n_draws, study=studies())
