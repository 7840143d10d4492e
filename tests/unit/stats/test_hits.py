"""The hit rule, and how many hits chance alone gives."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from stats import run
from stats.hits import is_hit, rule_text, signed_fold_change
from stats.multiplicity import benjamini_hochberg
from stats.permute import expected_hits, generator, shuffle_labels
from stats.plan import read_plan
from stats.recipes.arms import Arms, mean_change, primary_method


@pytest.fixture
def analysis(as_plan, make_contrast):
    return lambda *arms, **more: read_plan(as_plan([make_contrast(*arms, **more)]))[0]


def holes(rng, matrix, share=0.2):
    return np.where(rng.random(matrix.shape) < share, np.nan, matrix)


def test_signed_fold_change():
    np.testing.assert_allclose(signed_fold_change([0, 1, -1, 0.5849625007211562]), [1, 2, -2, 1.5])


def test_correct_mode_adjusts_and_paper_mode_does_not(analysis):
    p, change = np.array([0.03, 0.04, 0.9, np.nan]), np.array([1.0, 0.1, 3.0, np.nan])
    assert is_hit(analysis("A", "C"), p, change).tolist() == [False] * 4
    assert is_hit(analysis("A", "C", alpha=0.1), p, change).tolist() == [True, True, False, False]
    paper = analysis("A", "C", paper=True)
    assert is_hit(paper, p, change).tolist() == [True, False, False, False]
    assert is_hit(paper, p, -change).tolist() == [True, False, False, False]


def test_a_fold_demand_holds_in_correct_mode_too(analysis):
    p, change = np.array([0.001, 0.001]), np.array([0.5, -0.7])
    chosen = analysis("A", "C", min_abs_fold_change=1.5)
    assert is_hit(chosen, p, change).tolist() == [False, True]


def test_the_rule_in_words(analysis):
    assert rule_text(analysis("A", "C")) == "Benjamini–Hochberg p < 0.05"
    words = "p < 0.05, not adjusted, and |signed fold change| ≥ 1.5"
    assert rule_text(analysis("A", "C", paper=True)) == words


def test_counts_are_those_of_the_result_table(make_study, make_full_plan, as_plan):
    study = make_study(n_targets=12, n_patients=20)
    out = run.run_plan(*study.tables(), as_plan(make_full_plan()), n_permutations=40)
    tests = out.tests.to_pylist()
    counts = {r["analysis_id"]: r for r in out.hit_counts.to_pylist()}
    assert len(counts) == 6
    own = [r for r in tests if r["analysis_id"] == "b_vs_a" and r["is_primary"]]
    hits = [r for r in own if r["p_adjusted"] < 0.05]
    assert counts["b_vs_a"]["n_hits"] == len(hits) > 0
    assert counts["b_vs_a"]["n_hits_up"] == sum(r["estimate"] > 0 for r in hits)
    assert counts["b_vs_a"]["n_hits_down"] == len(hits) - counts["b_vs_a"]["n_hits_up"]
    assert counts["b_vs_a"]["n_chance_upper"] == pytest.approx(12 * 0.05)
    assert counts["b_vs_a"]["method"] == "paired_t"
    paper = [r for r in tests if r["analysis_id"] == "paper_b_vs_a"]
    assert counts["paper_b_vs_a"]["n_hits"] == sum(
        r["p_value"] < 0.05 and 2 ** abs(r["estimate"]) >= 1.5 for r in paper
    )
    assert counts["paper_b_vs_a"]["n_permutations"] == 40


def test_hits_over_the_family_are_adjusted_over_all_its_contrasts(
    make_study, make_full_plan, as_plan
):
    study = make_study(n_targets=12, n_patients=20)
    out = run.run_plan(*study.tables(), as_plan(make_full_plan()), n_permutations=5)
    primary = [r for r in out.tests.to_pylist() if r["is_primary"] and r["mode"] == "correct"]
    names = ("a_vs_c", "b_vs_a", "b_vs_c")
    family = [r for r in primary if r["analysis_id"] in names]
    adjusted = benjamini_hochberg([r["p_value"] for r in family])
    counts = {r["analysis_id"]: r for r in out.hit_counts.to_pylist()}
    for name in names:
        hits = sum(
            p < 0.05 for r, p in zip(family, adjusted, strict=True) if r["analysis_id"] == name
        )
        row = counts[name]
        assert (row["family"], row["n_tested_family"]) == ("groups", 36)
        assert row["n_hits_family"] == hits
        assert row["n_chance_upper_family"] == pytest.approx(1.8)
    assert counts["b_vs_a"]["n_hits_family"] > 0
    paper = counts["paper_b_vs_a"]
    assert paper["n_hits_family"] == paper["n_hits"]


def test_nothing_tested_means_no_chance_either(make_study, make_contrast, as_plan):
    study = make_study(n_controls=0)
    out = run.run_plan(*study.tables(), as_plan([make_contrast("A", "C")]))
    (row,) = out.hit_counts.to_pylist()
    assert (row["n_tested"], row["n_hits"], row["n_permutations"]) == (0, 0, 0)
    assert row["n_chance_permuted"] is None


def two_groups(rng, missing):
    levels = holes(rng, rng.normal(9, 1, (14, 9)), missing)
    levels[:, 7] = np.round(levels[:, 7])
    levels[:, 8] = 7.0
    return Arms(levels[:9], levels[9:], paired=False, least_log2=0.1)


def one_by_one(chosen, arms, weights):
    """Return the mean number of hits by calling the method itself on each relabeling."""
    method = primary_method(chosen)
    levels = np.concatenate([arms.numerator, arms.denominator])
    total = 0
    for w in weights:
        if arms.paired:
            flip = w[:, None] > 0
            top = np.where(flip, arms.numerator, arms.denominator)
            bottom = np.where(flip, arms.denominator, arms.numerator)
        else:
            top, bottom = levels[w], levels[~w]
        mixed = Arms(top, bottom, arms.paired, arms.least_log2)
        total += int(is_hit(chosen, method(mixed).p_value, mean_change(mixed)).sum())
    return total / len(weights)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize(
    "method", ["welch_t", "student_t", "moderated_t", "moderated_t_robust", "treat", "mann_whitney"]
)
def test_permuted_groups_equal_a_plain_loop(analysis, missing, method):
    arms = two_groups(np.random.default_rng(8), missing)
    chosen = replace(analysis("A", "C", alpha=0.4), primary_method=method)
    patients = [f"p{i}" for i in range(14)]
    got = expected_hits(chosen, arms, patients, n_permutations=60, rng=generator(3, "x"))
    shuffled = shuffle_labels(np.arange(14) < 9, patients, 60, generator(3, "x"))
    assert got == one_by_one(chosen, arms, shuffled)
    assert got > 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_papers_permuted_groups_equal_a_plain_loop(analysis, missing):
    arms = two_groups(np.random.default_rng(8), missing)
    chosen, patients = analysis("A", "C", paper=True), [f"p{i}" for i in range(14)]
    got = expected_hits(chosen, arms, patients, n_permutations=60, rng=generator(3, "x"))
    shuffled = shuffle_labels(np.arange(14) < 9, patients, 60, generator(3, "x"))
    assert got == one_by_one(chosen, arms, shuffled) > 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("method", ["paired_t", "moderated_t", "treat", "wilcoxon_signed_rank"])
def test_permuted_pairs_equal_a_plain_loop(analysis, missing, method):
    rng = np.random.default_rng(9)
    a, b = (holes(rng, rng.normal(9, 1, (9, 7)), missing) for _ in range(2))
    a[:, 6], b[:, 6] = np.round(a[:, 6]), np.round(b[:, 6])
    arms = Arms(a, b, paired=True, least_log2=0.1)
    chosen = replace(analysis("B", "A", alpha=0.4), primary_method=method)
    got = expected_hits(chosen, arms, [], n_permutations=50, rng=generator(3, "x"))
    signs = np.where(generator(3, "x").random((50, 9)) < 0.5, 1.0, -1.0)
    assert got == one_by_one(chosen, arms, signs) > 0


def test_labels_are_swapped_within_patients_and_shuffled_over_the_rest():
    labels = np.array([True, True, True, False, False, False, False])
    patients = ["p1", "p2", "p3", "p1", "p2", "c1", "c2"]
    shuffled = shuffle_labels(labels, patients, 400, generator(1))
    assert (shuffled.sum(axis=1) == 3).all()
    np.testing.assert_array_equal(shuffled[:, 0], ~shuffled[:, 3])
    np.testing.assert_array_equal(shuffled[:, 1], ~shuffled[:, 4])
    assert (shuffled[:, [2, 5, 6]].sum(axis=1) == 1).all()
    share = shuffled.mean(axis=0)
    np.testing.assert_allclose(share[[0, 1, 3, 4]], 0.5, atol=0.1)
    np.testing.assert_allclose(share[[2, 5, 6]], 1 / 3, atol=0.1)


def test_the_seed_decides_and_nothing_else(make_study, make_full_plan, as_plan):
    study = make_study(n_targets=40)
    measurements, samples, outcomes = study.tables()
    plan = as_plan(make_full_plan())
    tests = run.test_results(measurements, samples, outcomes, plan)

    def chance(plan, seed):
        counts = run.hit_counts(measurements, samples, plan, tests, n_permutations=300, seed=seed)
        return {r["analysis_id"]: r["n_chance_permuted"] for r in counts.to_pylist()}

    first = chance(plan, 1)
    assert chance(plan, 1) == first
    assert chance(plan, 2) != first
    alone = chance(as_plan(make_full_plan()[4:5]), 1)
    assert alone == {"paper_b_vs_c": first["paper_b_vs_c"]}


def test_at_least_one_permutation_is_asked_for(make_study, make_full_plan, as_plan):
    study, plan = make_study(), as_plan(make_full_plan())
    tests = run.test_results(*study.tables(), plan)
    with pytest.raises(Exception, match="n_permutations is 0"):
        run.hit_counts(*study.tables()[:2], plan, tests, n_permutations=0)


@pytest.mark.parametrize(("sd", "expected", "within"), [(0.6, 0.6, 0.15), (0.8, 3.1, 0.4)])
def test_the_papers_rule_gives_the_chance_hits_of_the_methods_paper(analysis, sd, expected, within):
    # 30 v 10 without any difference: 0.6 and 3.1 hits of 80 at a log2 SD of 0.6 and 0.8.
    rng = np.random.default_rng(11)
    chosen = analysis("B", "C", paper=True)
    levels, patients = rng.normal(9, sd, (40, 1600)), [f"p{i}" for i in range(40)]
    arms = Arms(levels[:30], levels[30:], paired=False, least_log2=0.1)
    hits = expected_hits(chosen, arms, patients, n_permutations=100, rng=generator(1))
    assert hits / 20 == pytest.approx(expected, abs=within)


@pytest.mark.parametrize("method", ["welch_t", "moderated_t", "mann_whitney"])
def test_two_thousand_permutations_of_eighty_targets_are_quick(analysis, method):
    levels, patients = np.random.default_rng(1).normal(9, 1, (40, 80)), [f"p{i}" for i in range(40)]
    arms = Arms(levels[:30], levels[30:], paired=False, least_log2=0.1)
    chosen = replace(analysis("A", "C"), primary_method=method)
    start = time.process_time()
    expected_hits(chosen, arms, patients, n_permutations=2000, rng=generator(1))
    assert time.process_time() - start < 2


def test_covariates_stay_with_their_samples_when_the_labels_of_pairs_are_swapped(analysis):
    rng = np.random.default_rng(12)
    n = 16
    day = rng.normal(0, 1, (2, n, 1)) + np.array([[[0.0]], [[3.0]]])
    a, b = (rng.normal(9, 1, (n, 60)) + 2 * d for d in day)
    arms = Arms(b, a, paired=True, least_log2=0.1, covariates=(day[1], day[0]))
    chosen = replace(analysis("B", "A"), primary_method="moderated_t")
    got = expected_hits(chosen, arms, [], n_permutations=40, rng=generator(5, "x"))
    assert got < 0.5  # with covariates left behind it would be several
    signs = np.where(generator(5, "x").random((40, n)) < 0.5, 1.0, -1.0)
    total = 0
    for w in signs:
        keep = w[:, None] > 0
        mixed = Arms(
            np.where(keep, b, a), np.where(keep, a, b), paired=True, least_log2=0.1,
            covariates=(np.where(keep, day[1], day[0]), np.where(keep, day[0], day[1])),
        )  # fmt: skip
        result = primary_method(chosen)(mixed)
        total += int(is_hit(chosen, result.p_value, mean_change(mixed)).sum())
    assert got == total / 40


def test_a_hit_goes_the_way_of_the_estimate_that_found_it(make_study, make_contrast, as_plan):
    study = make_study(n_targets=4, n_patients=20, n_controls=20)
    rng = np.random.default_rng(13)
    for sample in study.samples:
        is_patient = sample["cohort"] == "patient"
        sample["age_years"] = 60.0 + 10 * is_patient + float(rng.normal(0, 3))
    ages = {s["sample_id"]: s["age_years"] for s in study.samples}
    groups = {s["sample_id"]: s["group_code"] for s in study.samples}
    for m in study.measurements:
        above = groups[m["sample_id"]] == "A"
        m["level_log2"] = 0.3 * ages[m["sample_id"]] - 1.5 * above + float(rng.normal(0, 0.2))
    plan = as_plan([make_contrast("A", "C", covariates="age_years", primary_method="moderated_t")])
    out = run.run_plan(*study.tables(), plan, n_permutations=5)
    primary = [r for r in out.tests.to_pylist() if r["is_primary"]]
    assert all(r["estimate"] < 0 and r["p_adjusted"] < 0.05 for r in primary)
    (row,) = out.hit_counts.to_pylist()
    assert (row["n_hits"], row["n_hits_up"], row["n_hits_down"]) == (4, 0, 4)
