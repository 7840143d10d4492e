"""What each kind of analysis computes: which methods, under which names, on which samples."""

from __future__ import annotations

import numpy as np
import pytest

from stats import run
from stats.methods.mixed_model import mixed_model
from stats.methods.moderated_t import moderated_t_groups, moderated_t_pairs
from stats.methods.tost import equivalence_verdict, tost
from stats.methods.tukey_hsd import tukey_hsd
from stats.methods.welch_t import welch_t
from stats.multiplicity import benjamini_hochberg
from stats.recipes.omnibus import OMNIBUS_SHARED, SENSITIVITY

TWO_ARMS = {"moderated_t", "moderated_t_trend", "moderated_t_robust", "treat"}
INDEPENDENT = TWO_ARMS | {"welch_t", "student_t", "mann_whitney"}
PAIRED = TWO_ARMS | {"paired_t", "wilcoxon_signed_rank"}


@pytest.fixture
def tested(make_study, as_plan):
    """Return (rows of the result table, the study) of a plan."""

    def run_it(*rows, change=None, **sizes):
        study = make_study(**sizes)
        if change:
            change(study)
        return run.test_results(*study.tables(), as_plan(list(rows))).to_pylist(), study

    return run_it


def matrix(study, group, targets=("T1", "T2", "T3", "T4", "T5")):
    """Return the group's levels, persons in order."""
    level = {(m["sample_id"], m["analyte_id"]): m["level_log2"] for m in study.measurements}
    chosen = sorted(
        (s for s in study.samples if s["group_code"] == group), key=lambda s: s["patient_id"]
    )
    return np.array([[level[s["sample_id"], t] for t in targets] for s in chosen])


def of(rows, **chosen):
    return [r for r in rows if all(r[k] == v for k, v in chosen.items())]


def test_a_contrast_runs_every_method_of_its_design(tested, make_contrast):
    rows, _ = tested(make_contrast("A", "C"), make_contrast("B", "A"))
    for analysis, methods in (("a_vs_c", INDEPENDENT), ("b_vs_a", PAIRED)):
        found = {r["method"] for r in of(rows, analysis_id=analysis)}
        checks = {"levene", "brown_forsythe", "bartlett", "shapiro_wilk"}
        assert found - checks == methods
    assert {r["method"] for r in of(rows, is_primary=True)} == {"welch_t", "paired_t"}


def with_ages(study):
    """Patients have ages that follow their levels; one control's age is not known."""
    for k, sample in enumerate(sorted(study.samples, key=lambda s: s["sample_id"])):
        sample["age_years"] = None if sample["patient_id"] == "C01" else 40.0 + 3 * (k % 7)


def test_covariates_stand_beside_and_decide_where_the_primary_method_takes_them(
    tested, make_contrast
):
    for primary, decides in (("welch_t", ""), ("moderated_t", "adjusted:age_years")):
        chosen = make_contrast("A", "C", covariates="age_years", primary_method=primary)
        rows, study = tested(chosen, change=with_ages)
        assert {(r["method"], r["stratum"]) for r in of(rows, is_primary=True)} == {
            (primary, decides)
        }
        adjusted = of(rows, method="moderated_t", stratum="adjusted:age_years")
        age = {s["sample_id"]: s["age_years"] for s in study.samples}
        ages = [
            np.array([[np.nan if age[i] is None else age[i]] for i in sorted(age)
                      if i.startswith(start) and i.endswith("baseline")])
            for start in ("P", "C")
        ]  # fmt: skip
        expected = moderated_t_groups(
            matrix(study, "A"), matrix(study, "C"), covariates=tuple(ages),
            trend=False, robust=False, confidence=0.95,
        )  # fmt: skip
        np.testing.assert_allclose([r["p_value"] for r in adjusted], expected.p_value, rtol=1e-9)
        assert all("1 samples without age_years are left out" in r["reason"] for r in adjusted)
        (plain, *_) = of(rows, method="moderated_t", stratum="")
        assert plain["n_denominator"] == 6
        assert adjusted[0]["n_denominator"] == 5


def test_covariates_that_differ_within_pairs_adjust_the_change(tested, make_contrast):
    def with_days(study):
        for k, sample in enumerate(sorted(study.samples, key=lambda s: s["sample_id"])):
            sample["collected_day"] = float(k % 5)

    chosen = make_contrast("B", "A", covariates="collected_day", primary_method="moderated_t")
    rows, study = tested(chosen, change=with_days, n_patients=12)
    (row, *_) = of(rows, method="moderated_t", stratum="adjusted:collected_day")
    assert row["is_primary"]
    assert (row["n_pairs"], row["effect_size_kind"]) == (12, "moderated_dz")
    day = {s["sample_id"]: s["collected_day"] for s in study.samples}
    shift = [day[f"P{i:02d}-follow_up"] - day[f"P{i:02d}-baseline"] for i in range(1, 13)]
    y = (matrix(study, "B") - matrix(study, "A"))[:, 0]
    design = np.column_stack([np.ones(12), shift])
    assert row["estimate"] == pytest.approx(np.linalg.lstsq(design, y, rcond=None)[0][0])
    plain = moderated_t_pairs(
        matrix(study, "B"), matrix(study, "A"), trend=False, robust=False, confidence=0.95
    )
    (unadjusted, *_) = of(rows, method="moderated_t", stratum="")
    assert unadjusted["p_value"] == pytest.approx(plain.p_value[0], rel=1e-9)


def test_equivalence_gives_the_verdict_of_both_tests_together(tested, make_contrast):
    chosen = make_contrast(
        "A", "C", kind="equivalence", primary_method="tost", min_abs_fold_change=3.0
    )
    rows, study = tested({**chosen, "analysis_id": "equal"})
    a, c = matrix(study, "A"), matrix(study, "C")
    welch = welch_t(a, c, confidence=0.95)
    within = tost(a, c, margin_log2=np.log2(3.0), confidence=0.95)
    verdict = equivalence_verdict(
        benjamini_hochberg(welch.p_value), benjamini_hochberg(within.p_value), alpha=0.05
    )
    found = of(rows, method="tost")
    assert tuple(r["verdict"] for r in found) == verdict
    assert "equivalent" in verdict
    assert [r["p_value"] for r in found] == list(within.p_value)
    assert all(r["is_primary"] for r in found)
    assert {r["method"] for r in rows} == {"tost", "welch_t"}


def test_groups_of_different_persons_get_every_pair_by_its_planned_name(
    tested, make_contrast, make_plan_row
):
    def in_three_centres(study):
        study.samples = [s for s in study.samples if s["group_code"] != "B"]
        kept = {s["sample_id"] for s in study.samples}
        study.measurements = [m for m in study.measurements if m["sample_id"] in kept]
        for k, s in enumerate(sorted(study.samples, key=lambda s: s["sample_id"])):
            s["centre_id"] = ("east", "north", "west")[k % 3]

    planned = make_contrast(
        "east", "west", analysis_id="east_west", contrast_id="E_over_W", grouping="centre_id"
    )
    omnibus = make_plan_row(
        "centres", "omnibus", grouping="centre_id", primary_method="welch_anova"
    )
    rows, _ = tested(planned, omnibus, change=in_three_centres, n_patients=9, n_controls=9)
    mine = of(rows, analysis_id="centres")
    pairs = {r["contrast_id"] for r in of(mine, method="tukey_hsd")}
    assert pairs == {"E_over_W", "north_vs_east", "west_vs_north"}
    assert {r["method"] for r in of(mine, contrast_id="all")} == {
        "anova_oneway", "welch_anova", "kruskal", "levene", "brown_forsythe", "bartlett",
    }  # fmt: skip
    assert {r["method"] for r in of(mine, is_primary=True)} == {"welch_anova"}
    direct = of(rows, analysis_id="east_west", method="welch_t")
    tukey = of(mine, method="tukey_hsd", contrast_id="E_over_W")
    np.testing.assert_allclose(
        [r["estimate"] for r in tukey], [r["estimate"] for r in direct], rtol=1e-9
    )


def test_a_pair_may_be_told_in_either_direction():
    rng = np.random.default_rng(5)
    groups = [rng.normal(9, 1, (6, 3)) for _ in range(3)]
    forth = tukey_hsd(groups, confidence=0.95)[2, 0]
    back = tukey_hsd(groups[::-1], confidence=0.95)[2, 0]
    np.testing.assert_allclose(forth.estimate, -back.estimate)
    np.testing.assert_allclose(forth.p_value, back.p_value)


def test_groups_that_share_patients_are_told_by_models_with_a_random_patient(
    tested, make_contrast, make_plan_row
):
    omnibus = make_plan_row(
        "groups", "omnibus", pairing="patient", primary_method="mixed_model", family="abc"
    )
    rows, study = tested(make_contrast("B", "A"), omnibus)
    mine = of(rows, analysis_id="groups")
    samples = sorted(study.samples, key=lambda s: (s["group_code"], s["patient_id"]))
    levels = np.concatenate([matrix(study, g) for g in "ABC"])
    expected = mixed_model(
        levels, [s["group_code"] for s in samples], [s["patient_id"] for s in samples],
        {"B_vs_A": ("B", "A")}, covariates=None, confidence=0.95,
    )  # fmt: skip
    whole = of(mine, method="mixed_model", contrast_id="all")
    np.testing.assert_allclose([r["p_value"] for r in whole], expected.omnibus.p_value, rtol=1e-8)
    assert all(r["is_primary"] for r in whole)
    pair = of(mine, method="mixed_model", contrast_id="B_vs_A")
    np.testing.assert_allclose(
        [r["estimate"] for r in pair], expected.contrasts["B_vs_A"].estimate, rtol=1e-9
    )
    block = of(mine, method="block_moderated_t")
    assert {r["contrast_id"] for r in block} == {"B_vs_A", "C_vs_A", "C_vs_B"}
    assert all(SENSITIVITY in r["reason"] and not r["is_primary"] for r in block)
    assert all(len(set(r["detail_names"]) & {"own_correlation", "consensus_correlation"}) == 2
               for r in block if r["p_value"] is not None)  # fmt: skip
    assert all(OMNIBUS_SHARED in r["reason"] for r in of(mine, method="anova_oneway"))
    assert not of(mine, method="tukey_hsd")


def test_changes_of_levels_against_changes_of_scores(tested, make_plan_row):
    rows, study = tested(
        make_plan_row("change", "change_correlation", primary_method="change_on_change",
                      outcome="vas", visit="follow_up", subset="cohort=patient"),
        n_patients=12,
    )  # fmt: skip
    score = {(r["patient_id"], r["visit"]): r["score"] for r in study.outcomes}
    patients = [f"P{i:02d}" for i in range(1, 13)]
    before, after = (np.array([score[p, v] for p in patients]) for v in ("baseline", "follow_up"))
    a, b = matrix(study, "A")[:, 0], matrix(study, "B")[:, 0]
    design = np.column_stack([np.ones(12), a, before, after - before])
    (row, *_) = rows
    assert row["estimate"] == pytest.approx(np.linalg.lstsq(design, b, rcond=None)[0][3])
    assert (row["method"], row["stratum"]) == ("change_on_change", "vas@follow_up")
    assert row["is_primary"]


def test_a_partial_correlation_decides_where_the_plan_has_covariates(tested, make_plan_row):
    chosen = make_plan_row(
        "corr", "correlation", primary_method="pearson", outcome="vas", visit="baseline",
        subset="cohort=patient", covariates="age_years",
    )  # fmt: skip
    rows, _ = tested(chosen, change=with_ages, n_patients=12)
    assert {(r["method"], r["stratum"], r["is_primary"]) for r in rows} == {
        ("pearson", "vas@baseline", False),
        ("spearman", "vas@baseline", False),
        ("pearson", "adjusted:age_years vas@baseline", True),
    }
    (partial,) = of(rows, is_primary=True, analyte_id="T1")
    assert partial["df"] == 9


def test_covariates_that_nobody_has_leave_nobody(tested, make_contrast):
    def without_ages(study):
        for sample in study.samples:
            sample["age_years"] = None

    chosen = make_contrast("A", "C", covariates="age_years", primary_method="moderated_t")
    rows, _ = tested(chosen, change=without_ages)
    for r in of(rows, stratum="adjusted:age_years"):
        assert r["p_value"] is None
        assert "14 samples without age_years are left out" in r["reason"]
        assert "are adjusted for" not in r["reason"]


def test_a_covariate_that_is_the_same_for_all_adjusts_nothing_and_says_so(tested, make_contrast):
    def of_one_age(study):
        for k, sample in enumerate(study.samples):
            sample["age_years"] = None if k == 0 else 60.0

    chosen = make_contrast("A", "C", covariates="age_years", primary_method="moderated_t")
    rows, study = tested(chosen, change=of_one_age)
    assert study.samples[0]["group_code"] == "A"
    for r in of(rows, method="moderated_t", stratum="adjusted:age_years"):
        assert r["n_numerator"] == 7
        assert r["reason"].startswith("not adjusted; 1 samples without age_years are left out")


def test_groups_without_any_sample_give_rows_that_say_so(tested, make_plan_row):
    for pairing, primary in (("independent", "welch_anova"), ("patient", "mixed_model")):
        plan = make_plan_row(
            "later", "omnibus", visit="year_2", pairing=pairing, primary_method=primary
        )
        rows, _ = tested(plan)
        primary_rows = of(rows, is_primary=True)
        assert len(primary_rows) == 5
        assert all(r["p_value"] is None and r["reason"] for r in primary_rows)


def test_an_excluded_sample_is_no_second_sample_of_its_patient(tested, make_contrast):
    def with_repeat(study):
        first = study.samples[0]
        for sample in study.samples:
            sample["is_excluded"] = False
        study.samples.append({**first, "sample_id": "P01-again", "is_excluded": True})

    rows, _ = tested(make_contrast("A", "C"), change=with_repeat)
    assert {r["n_numerator"] for r in of(rows, method="welch_t")} == {8}
