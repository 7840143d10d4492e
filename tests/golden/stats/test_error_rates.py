"""How often tests reject a true null, and what they find of a known truth: few studies, and all."""

from __future__ import annotations

import csv
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy import stats as sps

from benchmarks.null_rates.__main__ import DOCUMENT, N_POWER, N_STUDIES, RESULTS
from benchmarks.null_rates.demo_power import QUESTIONS, power_table
from benchmarks.null_rates.document import rate_lines
from benchmarks.null_rates.rates import Rule, cluster_error, measure, read_rate
from benchmarks.null_rates.scenarios import SCENARIOS
from benchmarks.null_rates.sizes import mann_whitney_size, signed_rank_size, welch_size

QUICK, QUICK_BLOCKS = 50, 25
BY_NAME = {(s.test, s.data): s for s in SCENARIOS}
EVERY = pytest.mark.parametrize("name", sorted(BY_NAME), ids="-".join)


def table(name):
    with (RESULTS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def committed():
    return {(r.test, r.data): r for r in map(read_rate, table("null_rates.csv"))}


@EVERY
def test_few_studies_reject_as_often_as_many_did(name):
    n_studies = QUICK_BLOCKS if name[0] == "block_moderated_t" else QUICK
    few, many = measure(BY_NAME[name], n_studies), committed()[name]
    error = many.standard_error * np.sqrt(many.n_studies / n_studies)
    assert abs(few.rate - many.rate) <= 4 * error
    if few.rule == "exact":
        assert abs(few.rate - few.expected) <= 4 * error


@EVERY
def test_every_committed_rate_is_what_its_rule_demands(name):
    r, rule = committed()[name], BY_NAME[name].rule
    assert (r.n_studies, r.rule) == (N_STUDIES, rule.kind)
    low, high = rule.bounds(r.standard_error)
    assert not r.rate < low
    assert not r.rate > high
    np.testing.assert_allclose([r.low, r.high], [low, high], rtol=1e-6, equal_nan=True)
    # A standard error that is too large would let any rate pass.
    binomial = np.sqrt(r.rate * (1 - r.rate) / (r.n_studies * r.n_tests))
    assert binomial * 0.999 <= r.standard_error < 2.5 * binomial


def test_the_table_has_every_scenario_and_no_other():
    assert committed().keys() == BY_NAME.keys()
    assert len(BY_NAME) == len(SCENARIOS)


def test_the_tests_of_the_specification_hold_their_level():
    for name in (
        ("student_t", "30 v 10"),
        ("welch_t", "30 v 10"),
        ("paired_t", "30 pairs"),
        ("moderated_t", "30 v 10"),
        ("moderated_t of pairs", "30 pairs"),
    ):
        r = committed()[name]
        assert abs(r.rate - 0.05) <= 3 * r.standard_error, name
        assert r.n_tests == 80
    # Welch's own size with unequal variances is 0.0514, so 160,000 tests tell it from 0.05.
    assert abs(committed()[("welch_t", "30 v 10, control SD × 1.5")].rate - 0.05) < 0.003


def test_the_block_model_holds_its_level_on_average_only():
    rates = {r.data: r for (test, _), r in committed().items() if test == "block_moderated_t"}
    whole = [r for r in rates.values() if r.n_tests == 80]
    assert len(whole) == 3
    assert all(0.03 <= r.rate <= 0.07 for r in whole)
    (low,) = (r for data, r in rates.items() if data.endswith("the 16 targets"))
    assert 0.08 <= low.rate <= 0.13
    # The spread over targets is far beyond what 2,000 studies leave to chance.
    chance = 2 * 1.645 * np.sqrt(0.05 * 0.95 / N_STUDIES)
    assert max(r.target_q95 - r.target_q05 for r in whole) > 3 * chance


def test_the_unsafe_cases_are_shown():
    rates = {name: r.rate for name, r in committed().items()}
    assert 0.10 <= rates[("moderated_t", "30 v 10, control SD × 1.5")] <= 0.115
    assert rates[("student_t", "30 pairs as if unpaired (paper mode)")] < 0.005


def test_the_document_shows_the_committed_rates():
    text = DOCUMENT.read_text(encoding="utf-8")
    for line in rate_lines(list(committed().values())):
        assert line in text


@pytest.mark.parametrize("n_patients", [30, 12, 6])
def test_the_paired_moderated_t_finds_more_than_the_unpaired_t(n_patients):
    rows = {(r.contrast, r.test, r.rule): r for r in power_table(n_patients, 20)}
    ours = rows[("B v A", "moderated_t of pairs", "BH")]
    peer = rows[("B v A", "student_t", "BH")]
    assert ours.true_found + ours.small_found > peer.true_found + peer.small_found
    assert ours.true_found >= peer.true_found
    assert ours.more_frac > ours.fewer_frac == 0
    assert ours.false_share < 0.05


def test_the_committed_power_is_that_of_the_demos_truth():
    rows = table("demo_power.csv")
    asked = [(r["contrast"], r["test"], r["rule"]) for r in rows]
    assert asked == list(QUESTIONS) * 3
    truth = {"B v A": 25, "A v C": 21, "B v C": 2}
    for r in rows:
        assert float(r["n_true"]) == truth[r["contrast"]]
        assert int(r["n_studies"]) == N_POWER
        if r["rule"] == "BH":
            assert float(r["false_share"]) < 0.05 * 1.2


@pytest.mark.parametrize(("m", "n"), [(3, 3), (4, 5), (6, 4)])
def test_the_counted_size_of_mann_whitney_equals_enumeration(m, n):
    places = np.array(list(combinations(range(m + n), m)))
    u = places.sum(axis=1) - m * (m - 1) // 2
    p = np.array([min(1, 2 * min((u <= k).mean(), (u >= k).mean())) for k in u])
    assert mann_whitney_size(m, n) == pytest.approx((p < 0.05).mean())


def test_the_counted_size_of_the_signed_rank_test():
    assert signed_rank_size(5) == 0  # the smallest p of five pairs is 1/16
    assert signed_rank_size(6) == pytest.approx(2 / 64)


def test_the_integrated_size_of_welchs_t_equals_a_simulation():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(5, 400_000)), 1.5 * rng.normal(size=(4, 400_000))
    rate = (sps.ttest_ind(a, b, equal_var=False).pvalue < 0.05).mean()
    size = welch_size(5, 4, 1.5)
    assert abs(rate - size) < 4 * np.sqrt(size * (1 - size) / 400_000)
    assert welch_size(40, 10, 1e9) == pytest.approx(0.05, abs=1e-9)  # then one sample alone


def test_the_error_of_a_rate_knows_its_clusters():
    rng = np.random.default_rng(5)
    alone = rng.random((500, 80)) < 0.05
    assert cluster_error(alone) == pytest.approx(np.sqrt(0.05 * 0.95 / 40_000), rel=0.15)
    whole = np.repeat(alone[:, :1], 80, axis=1)
    assert cluster_error(whole) == pytest.approx(np.sqrt(0.05 * 0.95 / 500), rel=0.3)


def test_rules_bound_what_they_say():
    assert Rule("exact", 0.05).bounds(0.01) == pytest.approx((0.02, 0.08))
    assert Rule("at_most", 0.05).bounds(0.01) == pytest.approx((0.0, 0.08))
    assert Rule("between", low=0.1, high=0.2).bounds(0.01) == (0.1, 0.2)
    assert np.isnan(Rule("shown").bounds(0.01)).all()


@pytest.mark.slow
@EVERY
def test_all_studies_give_the_committed_rate(name):
    # Another build of the numeric libraries may round a p across 0.05, one in a million.
    assert measure(BY_NAME[name], N_STUDIES).rate == pytest.approx(committed()[name].rate, abs=5e-5)


@pytest.mark.slow
@pytest.mark.parametrize("n_patients", [30, 12, 6])
def test_all_studies_give_the_committed_power(n_patients):
    rows = [r for r in table("demo_power.csv") if r["n_patients"] == str(n_patients)]
    for ours, theirs in zip(power_table(n_patients, N_POWER), rows, strict=True):
        assert ours.true_found == pytest.approx(float(theirs["true_found"]), abs=0.01)
        assert ours.none_found == pytest.approx(float(theirs["none_found"]), abs=0.01)
