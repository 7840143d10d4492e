"""The three tables: which rows there are, what stands in them, and in which order."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from contracts import CytomartError, conform
from contracts.stats import HIT_COUNTS, OUTCOME_TESTS, TEST_RESULTS
from stats import run
from stats.methods.paired_t import paired_t
from stats.multiplicity import benjamini_hochberg


@pytest.fixture
def results(make_study, make_full_plan, as_plan):
    study = make_study()
    return run.run_plan(
        *study.tables(), as_plan(make_full_plan()), patients=study.patient_table(),
        n_permutations=50,
    )  # fmt: skip


def rows_of(table: pa.Table, **chosen):
    return [r for r in table.to_pylist() if all(r[k] == v for k, v in chosen.items())]


def test_the_tables_conform(results):
    for table, relation in (
        (results.tests, TEST_RESULTS),
        (results.outcome_tests, OUTCOME_TESTS),
        (results.hit_counts, HIT_COUNTS),
    ):
        assert conform(table, relation).equals(table)
        keys = [tuple(r[k] for k in relation.key) for r in table.to_pylist()]
        assert keys == sorted(set(keys))


def test_each_kind_of_analysis_runs_its_methods(results):
    got = {}
    for r in results.tests.to_pylist():
        got.setdefault(r["analysis_id"], set()).add((r["method"], r["stratum"]))
    moderated = {(f"moderated_t{end}", "") for end in ("", "_trend", "_robust")} | {("treat", "")}
    spreads = {("levene", ""), ("brown_forsythe", ""), ("bartlett", "")}
    independent = {("welch_t", ""), ("student_t", ""), ("mann_whitney", "")} | moderated | spreads
    assert got == {
        "a_vs_c": independent | {("shapiro_wilk", "A"), ("shapiro_wilk", "C")},
        "b_vs_c": independent | {("shapiro_wilk", "B"), ("shapiro_wilk", "C")},
        "b_vs_a": {("paired_t", ""), ("wilcoxon_signed_rank", ""), ("shapiro_wilk", "difference")}
        | moderated,
        "paper_a_vs_c": {("student_t", "")},
        "paper_b_vs_c": {("student_t", "")},
        "paper_b_vs_a": {("student_t", "")},
        "groups": {("anova_oneway", ""), ("levene", "")},
        "corr_baseline": {("pearson", "vas@baseline"), ("spearman", "vas@baseline")},
        "corr_follow_up": {("pearson", "vas@follow_up"), ("spearman", "vas@follow_up")},
    }


def test_exactly_the_planned_method_is_primary(results):
    primary = {(r["analysis_id"], r["method"]) for r in rows_of(results.tests, is_primary=True)}
    assert primary == {
        ("a_vs_c", "welch_t"), ("b_vs_c", "welch_t"), ("b_vs_a", "paired_t"),
        ("paper_a_vs_c", "student_t"), ("paper_b_vs_c", "student_t"),
        ("paper_b_vs_a", "student_t"), ("groups", "anova_oneway"),
        ("corr_baseline", "pearson"), ("corr_follow_up", "pearson"),
    }  # fmt: skip


def test_a_number_is_that_of_its_method(make_study, results):
    study = make_study()
    level = {(m["sample_id"], m["analyte_id"]): m["level_log2"] for m in study.measurements}
    patients = sorted({s["patient_id"] for s in study.samples if s["group_code"] == "A"})
    a, b = (
        np.array([[level[f"{p}-{v}", "T3"]] for p in patients]) for v in ("baseline", "follow_up")
    )
    expected = paired_t(b, a, confidence=0.95)
    (row,) = rows_of(results.tests, method="paired_t", analyte_id="T3")
    for name in ("estimate", "ci_low", "ci_high", "statistic", "df", "p_value", "effect_size"):
        assert row[name] == getattr(expected, name)[0]
    assert (row["n_pairs"], row["n_numerator"], row["n_denominator"]) == (8, 8, 8)
    assert row["effect_size_kind"] == "cohen_dz"
    assert row["contrast_id"] == "B_vs_A"
    assert row["plan_hash"] == "hash"


def test_each_block_is_adjusted_on_its_own_and_over_its_family(results):
    table = results.tests.to_pylist()
    block = [r for r in table if r["analysis_id"] == "a_vs_c" and r["method"] == "welch_t"]
    p = [r["p_value"] for r in block]
    np.testing.assert_array_equal([r["p_adjusted"] for r in block], benjamini_hochberg(p))
    family = [
        r for r in table if r["analysis_id"] in ("a_vs_c", "b_vs_c") and r["method"] == "welch_t"
    ]
    np.testing.assert_array_equal(
        [r["p_adjusted_global"] for r in family],
        benjamini_hochberg([r["p_value"] for r in family]),
    )
    paired = [r for r in table if r["method"] == "paired_t"]
    assert all(r["p_adjusted_global"] == r["p_adjusted"] for r in paired)


def test_assumption_and_omnibus_tests_say_that_they_have_no_interval(results):
    for method in ("levene", "shapiro_wilk", "anova_oneway"):
        for row in rows_of(results.tests, method=method):
            assert row["ci_low"] is None
            assert row["reason"].startswith("ci_not_defined")


def test_paper_mode_says_where_it_ignores_the_patients(results):
    reasons = {r["analysis_id"]: r["reason"] for r in rows_of(results.tests, mode="paper")}
    assert reasons["paper_b_vs_a"] == "paper mode: arms share patients, treated as independent"
    assert reasons["paper_a_vs_c"] == ""
    assert "independence violated" in reasons["groups"]


def test_levene_of_two_arms_counts_each_arm(results):
    (row,) = rows_of(results.tests, analysis_id="a_vs_c", method="levene", analyte_id="T1")
    assert (row["n_numerator"], row["n_denominator"]) == (8, 6)


def test_missing_levels_are_counted_and_reasoned(make_study, make_contrast, as_plan):
    study = make_study(n_targets=3)
    for m in study.measurements:
        if m["analyte_id"] == "T1" and m["sample_id"].startswith("C"):
            m["level_log2"] = None
        if m["analyte_id"] == "T2" and m["sample_id"] == "P01-baseline":
            m["level_log2"] = float("nan")
    tests = run.test_results(
        *study.tables(), as_plan([make_contrast("A", "C"), make_contrast("B", "A")])
    )
    (lost,) = rows_of(tests, analyte_id="T1", method="welch_t")
    assert lost["p_value"] is None
    assert lost["p_adjusted"] is None
    assert lost["n_dropped"] == 6
    assert "0 in the denominator" in lost["reason"]
    (pair,) = rows_of(tests, analyte_id="T2", method="paired_t")
    assert (pair["n_pairs"], pair["n_dropped"], pair["reason"]) == (7, 1, "")
    others = [r["p_value"] for r in rows_of(tests, method="welch_t") if r["p_value"] is not None]
    (kept,) = rows_of(tests, analyte_id="T2", method="welch_t")
    assert kept["p_adjusted"] == benjamini_hochberg(others)[0]


def test_incomplete_pairs_are_counted(make_study, make_contrast, as_plan):
    study = make_study()
    gone = {"P02-follow_up", "P05-baseline"}
    study.samples = [s for s in study.samples if s["sample_id"] not in gone]
    study.measurements = [m for m in study.measurements if m["sample_id"] not in gone]
    tests = run.test_results(*study.tables(), as_plan([make_contrast("B", "A")]))
    for row in rows_of(tests, method="paired_t"):
        assert (row["n_pairs"], row["n_dropped"]) == (6, 2)


def test_an_arm_that_has_not_arrived_gives_rows_that_say_so(make_study, make_full_plan, as_plan):
    study = make_study(n_controls=0)
    study.samples = [s for s in study.samples if s["group_code"] == "A"]
    study.measurements = [m for m in study.measurements if m["sample_id"].endswith("baseline")]
    tests = run.test_results(*study.tables(), as_plan(make_full_plan()))
    computed = {r["method"] for r in tests.to_pylist() if r["p_value"] is not None}
    assert computed == {"pearson", "spearman", "shapiro_wilk"}
    assert all(r["reason"] for r in tests.to_pylist() if r["p_value"] is None)


def adjusted_rows(study, as_plan, row):
    measurements, samples, outcomes = study.tables()
    found = run.test_results(measurements, samples, outcomes, as_plan([row])).to_pylist()
    return [r for r in found if r["stratum"].startswith("adjusted:")]


def test_a_covariate_that_is_the_same_in_every_pair_is_said_and_changes_nothing(
    make_study, make_contrast, as_plan
):
    study = make_study()
    for sample in study.samples:
        sample["lot"] = f"L{int(sample['patient_id'][1:]) % 2}"
    row = make_contrast("B", "A", primary_method="moderated_t", covariates="lot")
    adjusted = adjusted_rows(study, as_plan, row)
    plain = run.test_results(*study.tables(), as_plan([{**row, "covariates": ""}])).to_pylist()
    expected = {r["analyte_id"]: r for r in plain if r["method"] == "moderated_t"}
    assert len(adjusted) == len(expected) > 0
    for r in adjusted:
        assert r["reason"].startswith(
            "not adjusted; lot is the same in both samples of every pair: not adjusted for"
        )
        assert r["p_value"] == pytest.approx(expected[r["analyte_id"]]["p_value"], rel=1e-12)


@pytest.mark.parametrize(("above", "below"), [("A", "C"), ("B", "A")])
def test_a_covariate_that_nobody_has_yet_is_said(make_study, make_contrast, as_plan, above, below):
    study = make_study()
    for sample in study.samples:
        sample["total_protein_mg_ml"] = None
    measurements, samples, outcomes = study.tables()
    place = samples.column_names.index("total_protein_mg_ml")
    empty = pa.nulls(samples.num_rows, pa.float64())
    samples = samples.set_column(place, "total_protein_mg_ml", empty)
    row = make_contrast(above, below, primary_method="moderated_t",
                        covariates="total_protein_mg_ml")  # fmt: skip
    found = run.test_results(measurements, samples, outcomes, as_plan([row])).to_pylist()
    adjusted = [r for r in found if r["stratum"].startswith("adjusted:")]
    assert adjusted
    for r in adjusted:
        assert "samples without total_protein_mg_ml are left out" in r["reason"]


def test_a_grouping_that_nobody_has_yet_gives_rows_that_say_so(make_study, make_contrast, as_plan):
    study = make_study()
    measurements, samples, outcomes = study.tables()
    samples = samples.append_column("er", pa.nulls(samples.num_rows, pa.string()))
    row = make_contrast("positive", "negative", grouping="er", pairing="independent",
                        primary_method="welch_t")  # fmt: skip
    found = run.test_results(measurements, samples, outcomes, as_plan([row])).to_pylist()
    assert found
    assert all(r["p_value"] is None and r["reason"] for r in found)


def test_a_bad_design_is_refused_with_the_name_of_the_row(make_study, make_contrast, as_plan):
    plan = as_plan([make_contrast("B", "A", pairing="independent", primary_method="welch_t")])
    study = make_study()
    with pytest.raises(CytomartError, match=r"analysis b_vs_a.*share patients"):
        run.test_results(*study.tables(), plan)


def test_studies_are_kept_apart(make_study, make_full_plan, as_plan):
    first, second = make_study(), make_study(study_id="s2", seed=9, n_patients=5)
    both = [pa.concat_tables(pair) for pair in zip(first.tables(), second.tables(), strict=True)]
    plan = as_plan(make_full_plan("s1") + make_full_plan("s2"))
    together = run.run_plan(*both, plan, n_permutations=20)
    for study, name in ((first, "s1"), (second, "s2")):
        alone = run.run_plan(*study.tables(), as_plan(make_full_plan(name)), n_permutations=20)
        for part in ("tests", "outcome_tests", "hit_counts"):
            mine = rows_of(getattr(together, part), study_id=name)
            assert mine == getattr(alone, part).to_pylist()


def test_all_variants_are_tested_but_hits_are_those_of_the_primary_one(
    make_study, make_full_plan, as_plan
):
    study = make_study(variants=("primary", "other"))
    out = run.run_plan(*study.tables(), as_plan(make_full_plan()), n_permutations=5)
    assert {r["variant_id"] for r in out.tests.to_pylist()} == {"primary", "other"}
    assert {r["variant_id"] for r in out.hit_counts.to_pylist()} == {"primary"}
    alone = run.test_results(*make_study().tables(), as_plan(make_full_plan()))
    assert rows_of(out.tests, variant_id="primary") == alone.to_pylist()


@pytest.mark.parametrize("planned", [False, True])
def test_empty_tables_give_empty_conforming_tables(make_study, make_full_plan, as_plan, planned):
    study = make_study()
    empty = [t.slice(0, 0) for t in study.tables()]
    out = run.run_plan(*empty, as_plan(make_full_plan() if planned else []))
    assert out.tests.equals(conform(out.tests, TEST_RESULTS))
    assert (out.tests.num_rows, out.hit_counts.num_rows) == (0, 0)
    (row, *_) = out.outcome_tests.to_pylist() or [None]
    assert (row is not None) is planned
    if planned:
        assert (row["n_patients"], row["p_value"]) == (0, None)
        assert row["reason"]


def test_the_order_of_rows_changes_nothing(make_study, make_full_plan, as_plan):
    study, shuffled = make_study(), make_study()
    for i, rows in enumerate((shuffled.measurements, shuffled.samples, shuffled.outcomes)):
        random.Random(i).shuffle(rows)
    plan = make_full_plan()
    first = run.run_plan(*study.tables(), as_plan(plan), n_permutations=30)
    second = run.run_plan(*shuffled.tables(), as_plan(plan[::-1]), n_permutations=30)
    assert first == second


def test_a_missing_column_is_named(make_study, make_full_plan, as_plan):
    measurements, samples, outcomes = make_study().tables()
    with pytest.raises(CytomartError, match=r"fct_measurements lacks the columns \['level_log2'\]"):
        run.test_results(
            measurements.drop_columns(["level_log2"]), samples, outcomes,
            as_plan(make_full_plan()),
        )  # fmt: skip
