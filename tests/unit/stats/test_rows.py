"""Rows of results: adjustments, detectable differences, further quantities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stats import run
from stats.design import Levels
from stats.detectable import detectable_effects
from stats.methods.mann_whitney import mann_whitney
from stats.methods.pearson import pearson
from stats.methods.power import power_groups
from stats.methods.result import MethodResult
from stats.methods.student_t import student_t
from stats.methods.treat import treat_groups
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


def test_tests_of_all_groups_have_no_detectable_difference(result):
    for both in detectable_effects("anova_oneway", result, np.full(4, 0.9), alpha=0.05):
        assert np.isnan(both).all()


def test_treat_finds_what_exceeds_the_least_difference_by_a_one_sided_test():
    rng = np.random.default_rng(4)
    arms = rng.normal(9, 1, (30, 40)), rng.normal(9, 1, (30, 40))
    options = {"covariates": None, "trend": False, "robust": False, "confidence": 0.95}
    least = 0.585
    found = treat_groups(*arms, minimum_log2fc=least, **options)
    told, _ = detectable_effects(
        "treat", found, np.full(40, 0.9), alpha=0.05, least_log2=least
    )  # fmt: skip
    hits = []
    for _ in range(150):
        above, below = rng.normal(9, 1, (30, 40)), rng.normal(9, 1, (30, 40))
        shifted = treat_groups(above + np.median(told), below, minimum_log2fc=least, **options)
        hits.append((shifted.p_value < 0.05).mean())
    assert np.mean(hits) == pytest.approx(0.8, abs=0.03)


def test_a_detectable_correlation_is_found_four_times_of_five():
    rng = np.random.default_rng(5)
    found = pearson(rng.normal(size=(30, 3)), rng.normal(size=30), confidence=0.95)
    told, _ = detectable_effects("pearson", found, np.full(3, 0.9), alpha=0.05)
    r = told[0]
    np.testing.assert_allclose(told, r)  # depends on n alone
    x = rng.normal(size=(4000, 30))
    y = r * x + np.sqrt(1 - r**2) * rng.normal(size=x.shape)
    x, y = (v - v.mean(axis=1, keepdims=True) for v in (x, y))
    seen = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    t = seen * np.sqrt(28 / (1 - seen**2))
    assert (np.abs(t) > 2.048).mean() == pytest.approx(0.8, abs=0.03)


def test_a_rank_test_detects_about_what_a_t_test_does(result):
    rng = np.random.default_rng(6)
    arms = rng.normal(9, 1, (30, 50)), rng.normal(9, 1, (10, 50))
    none = np.full(50, 0.9)
    ranks, _ = detectable_effects(
        "mann_whitney", mann_whitney(*arms, confidence=0.95), none, alpha=0.05
    )
    t, _ = detectable_effects("student_t", student_t(*arms, confidence=0.95), none, alpha=0.05)
    assert 0.9 < np.median(ranks / t) < 1.2


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
