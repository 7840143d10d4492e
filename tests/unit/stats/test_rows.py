"""Rows of results: adjustments, detectable differences, further quantities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stats import run
from stats.design import Levels
from stats.detectable import detectable_effects
from stats.methods.power import power_groups
from stats.methods.result import MethodResult
from stats.methods.student_t import student_t
from stats.multiplicity import benjamini_yekutieli, bonferroni, holm
from stats.plan import read_plan
from stats.recipes import Computed
from stats.rows import adjust_over_families, result_table

RULES = {"by": benjamini_yekutieli, "holm": holm, "bonferroni": bonferroni}


@pytest.fixture
def tests(make_study, make_contrast, as_plan):
    plan = as_plan([make_contrast("A", "C"), make_contrast("B", "C")])
    return run.test_results(*make_study().tables(), plan).to_pylist()


@pytest.fixture
def analysis(make_contrast, as_plan):
    return read_plan(as_plan([make_contrast("A", "C")]))[0]


@pytest.fixture
def result() -> MethodResult:
    rng = np.random.default_rng(3)
    return student_t(rng.normal(9, 1, (30, 4)), rng.normal(9, 1, (10, 4)), confidence=0.95)


def levels(n: int) -> Levels:
    return Levels("v", True, tuple(f"T{j}" for j in range(n)), np.zeros((1, n)))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_applied_within_the_test_and_over_the_family(tests, rule):
    of_method = [r for r in tests if r["method"] == "welch_t"]
    block = [r for r in of_method if r["analysis_id"] == "a_vs_c"]
    np.testing.assert_array_equal(
        [r[f"p_adjusted_{rule}"] for r in block], RULES[rule]([r["p_value"] for r in block])
    )
    np.testing.assert_array_equal(
        [r[f"p_adjusted_global_{rule}"] for r in of_method],
        RULES[rule]([r["p_value"] for r in of_method]),
    )


def test_pairs_of_an_omnibus_and_adjusted_results_are_families_of_their_own(analysis, result):
    blocks = [
        Computed("mixed_model", "", result, contrast_id="all"),
        Computed("mixed_model", "", result, contrast_id="A_vs_C"),
        Computed("mixed_model", "adjusted:age_years", result, contrast_id="A_vs_C"),
    ]
    table = adjust_over_families(
        [result_table(analysis, levels(4), b) for b in blocks], [analysis]
    ).to_pylist()
    for row in table:
        assert row["p_adjusted_global"] == row["p_adjusted"]


def test_the_detectable_difference_has_eighty_percent_power(result):
    p_adjusted = np.array([0.01, 0.02, 0.3, 0.4])
    plain, adjusted = detectable_effects("student_t", result, p_adjusted, alpha=0.05)
    sd = np.abs(result.estimate / result.effect_size)
    np.testing.assert_allclose(power_groups(plain / sd, 30, 10, alpha=0.05), 0.8, rtol=1e-9)
    np.testing.assert_allclose(power_groups(adjusted / sd, 30, 10, alpha=0.025), 0.8, rtol=1e-9)


def test_without_a_hit_the_realised_level_is_that_of_one(result):
    _, adjusted = detectable_effects("student_t", result, np.full(4, 0.9), alpha=0.05)
    sd = np.abs(result.estimate / result.effect_size)
    np.testing.assert_allclose(power_groups(adjusted / sd, 30, 10, alpha=0.0125), 0.8, rtol=1e-9)


def test_what_has_no_t_interval_has_no_detectable_difference(result):
    for both in detectable_effects("mann_whitney", result, np.full(4, 0.9), alpha=0.05):
        assert np.isnan(both).all()


def test_a_target_that_was_not_computed_has_no_detectable_difference():
    a, b = np.full((3, 2), 8.0), np.full((3, 2), 8.0)
    a[:, 1] = [7.0, 8.0, 9.0]
    found = student_t(a, b, confidence=0.95)
    plain, adjusted = detectable_effects("student_t", found, np.array([np.nan, 0.9]), alpha=0.05)
    assert np.isnan([plain[0], adjusted[0]]).all()
    assert np.isfinite([plain[1], adjusted[1]]).all()


def test_details_stand_as_two_lists_without_what_is_absent(analysis, result):
    own = np.array([0.1, np.nan, 0.3, np.inf])
    detailed = replace(result, details={"prior_df": own, "mean": np.arange(4.0)})
    table = result_table(analysis, levels(4), Computed("student_t", "", detailed)).to_pylist()
    assert [r["detail_names"] for r in table] == [
        ["mean", "prior_df"], ["mean"], ["mean", "prior_df"], ["mean", "prior_df"],
    ]  # fmt: skip
    assert [r["detail_values"] for r in table] == [[0, 0.1], [1], [2, 0.3], [3, np.inf]]


def test_a_verdict_is_kept(analysis, result):
    judged = replace(result, verdict=("different", "equivalent", "both", "undetermined"))
    table = result_table(analysis, levels(4), Computed("tost", "", judged)).to_pylist()
    assert [r["verdict"] for r in table] == list(judged.verdict)
