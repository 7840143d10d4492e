"""Scores against baseline: missing follow-ups stay in sight, sites are not mixed."""

from __future__ import annotations

import numpy as np
import pytest

from contracts import CytomartError
from stats import run
from stats.outcomes import SEVERAL_SITES


@pytest.fixture
def pain(make_plan_row):
    def row(**more):
        chosen = {"primary_method": "paired_t", "pairing": "patient", "outcome": "vas",
                  "visit": "follow_up"}  # fmt: skip
        return make_plan_row("pain", "outcome", **{**chosen, **more})

    return row


def test_the_change_of_the_cohort(make_study, as_plan, pain):
    study = make_study()
    (row, _) = run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain()])
    ).to_pylist()
    change = np.array(
        [r["score"] - r["baseline_score"] for r in study.outcomes if r["visit"] == "follow_up"]
    )
    assert row["mean_change"] == pytest.approx(change.mean(), rel=1e-12)
    assert row["sd_change"] == pytest.approx(change.std(ddof=1), rel=1e-12)
    assert row["effect_size_dz"] == pytest.approx(change.mean() / change.std(ddof=1), rel=1e-12)
    assert row["ci_low"] < row["mean_change"] < row["ci_high"] < 0
    assert (row["n_patients"], row["n_pairs"], row["n_missing"]) == (8, 8, 0)
    assert row["reason"] == ""


def test_a_missing_follow_up_and_a_patient_never_assessed_are_counted(make_study, as_plan, pain):
    study = make_study()
    next(r for r in study.outcomes if r["visit"] == "follow_up")["score"] = None
    study.patients.append({"study_id": "s1", "patient_id": "P99", "cohort": "patient"})
    (row, _) = run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain()])
    ).to_pylist()
    assert (row["n_patients"], row["n_pairs"], row["n_missing"]) == (9, 7, 2)


def test_controls_without_scores_are_not_missing(make_study, as_plan, pain):
    study = make_study(n_controls=20)
    (row, _) = run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain()])
    ).to_pylist()
    assert row["n_patients"] == 8


def test_several_sites_per_patient_need_a_subset(make_study, as_plan, pain):
    study = make_study()
    for r in list(study.outcomes):
        r["site_id"] = "spine"
        study.outcomes.append({**r, "site_id": "limb", "score": 1.0})
    (row, _) = run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain()])
    ).to_pylist()
    assert (row["p_value"], row["reason"], row["n_patients"]) == (None, SEVERAL_SITES, 8)
    (spine, _) = run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain(subset="site_id=spine")])
    ).to_pylist()
    assert (spine["n_pairs"], spine["reason"]) == (8, "")


def test_a_subset_may_name_what_patients_are(make_study, as_plan, pain):
    study = make_study()
    for k, patient in enumerate(study.patients):
        patient["er"] = "positive" if k < 3 else "negative"
    study.patients.append(
        {"study_id": "s1", "patient_id": "P99", "cohort": "patient", "er": "positive"}
    )
    tables = (study.outcome_table(), study.patient_table())
    (row, _) = run.outcome_tests(*tables, as_plan([pain(subset="er=positive")])).to_pylist()
    assert (row["n_patients"], row["n_pairs"]) == (4, 3)
    with pytest.raises(CytomartError, match=r"subset names the column 'stage'.*er, "):
        run.outcome_tests(*tables, as_plan([pain(subset="stage=1")]))


def test_the_score_of_the_person_goes_before_those_of_sites(make_study, as_plan, pain):
    study = make_study()
    plain = run.outcome_tests(study.outcome_table(), study.patient_table(), as_plan([pain()]))
    study.outcomes += [{**r, "site_id": "limb", "score": 1.0} for r in study.outcomes]
    assert plain == run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain()])
    )


def test_an_instrument_that_nobody_was_asked(make_study, as_plan, pain):
    study = make_study()
    (row, _) = run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain(outcome="sf36")])
    ).to_pylist()
    assert (row["n_patients"], row["n_pairs"]) == (0, 0)
    assert row["reason"] == "too few complete pairs: 0, at least 2 are needed"


def test_a_correlation_without_single_scores_says_why(make_study, make_plan_row, as_plan):
    study = make_study()
    for r in list(study.outcomes):
        if r["patient_id"] == "P01":
            r["site_id"] = "spine"
            study.outcomes.append({**r, "site_id": "limb"})
    row = make_plan_row("corr", "correlation", primary_method="pearson", outcome="vas",
                        visit="baseline", subset="cohort=patient")  # fmt: skip
    for test in run.test_results(*study.tables(), as_plan([row])).to_pylist():
        assert (test["n_numerator"], test["n_dropped"]) == (7, 1)
        assert test["reason"] == "1 patients with several sites have no single score"


def test_the_signed_rank_test_stands_beside_and_decides_where_the_plan_says(
    make_study, as_plan, pain
):
    study = make_study()
    t, rank = run.outcome_tests(
        study.outcome_table(),
        study.patient_table(),
        as_plan([pain(primary_method="wilcoxon_signed_rank")]),
    ).to_pylist()
    assert (t["method"], t["is_primary"]) == ("paired_t", False)
    assert (rank["method"], rank["is_primary"]) == ("wilcoxon_signed_rank", True)
    assert t["estimate"] == t["mean_change"] == rank["mean_change"]
    assert rank["ci_low"] <= rank["estimate"] <= rank["ci_high"]


def test_equal_changes_of_scores_tie_whatever_binary_makes_of_their_decimals(
    make_study, as_plan, pain
):
    study = make_study()
    follow_ups = [r for r in study.outcomes if r["visit"] == "follow_up"]
    for r, start in zip(follow_ups, (5.6, 3.3, 7.1, 4.9, 6.2, 2.3, 8.7, 5.1), strict=True):
        # 5.6 - 3.6 is below 2 in binary, 3.3 - 1.3 is 2.
        r["baseline_score"], r["score"] = start, round(start - 2.0, 1)
    _, rank = run.outcome_tests(
        study.outcome_table(), study.patient_table(), as_plan([pain()])
    ).to_pylist()
    assert rank["estimate"] == -2.0
    # Eight ties: the normal approximation, not the exact 2/256.
    assert rank["p_value"] == pytest.approx(0.0059, abs=0.0002)
