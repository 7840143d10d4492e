"""Rank tests by hand and by textbook; exact counts; gaps with reasons."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from stats.methods.mann_whitney import mann_whitney
from stats.methods.rank_counts import bound_rank, rank_sum_tail, signed_rank_tail
from stats.methods.ranks import average_ranks
from stats.methods.wilcoxon_signed_rank import wilcoxon_signed_rank

pytestmark = pytest.mark.filterwarnings("error")
NAN = float("nan")


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_average_ranks_share_ties_and_skip_gaps():
    values = np.array([[3.0, NAN], [1.0, 2.0], [3.0, NAN], [NAN, 1.0], [3.0, 5.0], [0.0, 5.0]])
    ranks, ties = average_ranks(values)
    np.testing.assert_array_equal(ranks[:, 0], [4, 2, 4, NAN, 4, 1])
    np.testing.assert_array_equal(ranks[:, 1], [NAN, 2, NAN, 1, 3.5, 3.5])
    np.testing.assert_array_equal(ties, [27 - 3, 8 - 2])


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (4, 4), (5, 3), (6, 4)])
def test_rank_sum_counts_equal_enumeration(m, n):
    places = np.array(list(combinations(range(m + n), m))).sum(axis=1) - m * (m - 1) // 2
    tail = rank_sum_tail(m, n)
    assert len(tail) == m * n // 2 + 1
    np.testing.assert_allclose(tail, [(places <= u).mean() for u in range(len(tail))], rtol=1e-14)
    np.testing.assert_array_equal(tail, rank_sum_tail(n, m))


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_signed_rank_counts_equal_enumeration(n):
    sums = np.array(list(product([0, 1], repeat=n))) @ np.arange(1, n + 1)
    tail = signed_rank_tail(n)
    np.testing.assert_allclose(tail, [(sums <= v).mean() for v in range(len(tail))], rtol=1e-14)


def test_far_tails_are_single_arrangements():
    # 98! / 49!² arrangements; 2^49 sign patterns.
    assert rank_sum_tail(49, 49)[0] == 1 / 25477612258980856902730428600
    assert signed_rank_tail(49)[0] == 2.0**-49
    a, b = np.arange(49.0)[:, None] + 100, np.arange(49.0)[:, None]
    assert mann_whitney(a, b, confidence=0.95).p_value[0] == 2 * rank_sum_tail(49, 49)[0]


def test_bounds_of_tables():
    # Critical values of U (Hollander & Wolfe, table A.6) are one less than the rank.
    assert bound_rank(rank_sum_tail(10, 10), 0.95)[0] == 24
    assert bound_rank(rank_sum_tail(5, 4), 0.95)[0] == 2
    assert bound_rank(rank_sum_tail(3, 3), 0.95) == (0, 0.9)
    assert bound_rank(rank_sum_tail(3, 3), 0.9) == (1, 0.9)
    assert bound_rank(signed_rank_tail(10), 0.95)[0] == 9


def test_hollander_and_wolfe_on_tritiated_water():
    # Example 4.1 of Nonparametric Statistical Methods, as in R's help of wilcox.test.
    x = column(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46)
    y = column(1.15, 0.88, 0.90, 0.74, 1.21)
    r = mann_whitney(x, y, confidence=0.95)
    assert (r.statistic[0], r.p_value[0]) == (35, pytest.approx(0.2544, abs=5e-5))
    assert r.estimate[0] == pytest.approx(0.305)
    np.testing.assert_allclose([r.ci_low[0], r.ci_high[0]], [-0.15, 0.76], atol=1e-12)
    assert r.details["is_exact"][0] == 1
    assert r.effect_size[0] == pytest.approx(2 * 35 / 50 - 1)


def test_hollander_and_wolfe_on_depression():
    # Example 3.1: Hamilton scale before and after a tranquilizer, nine patients.
    before = column(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
    after = column(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)
    r = wilcoxon_signed_rank(before, after, confidence=0.95)
    assert (r.statistic[0], r.p_value[0]) == (40, pytest.approx(0.03906, abs=5e-6))
    assert r.estimate[0] == pytest.approx(0.46)
    assert r.effect_size[0] == pytest.approx((40 - 5) / 45)


def test_ties_and_zeros_make_the_test_normal():
    a, b = column(5, 5, 7, 8, 9), column(5, 3, 4, 4, 6)
    r = mann_whitney(a, b, confidence=0.95)
    assert r.details["is_exact"][0] == 0
    w = wilcoxon_signed_rank(a, b, confidence=0.95)
    assert (w.details["n_zero"][0], w.details["is_exact"][0], w.n_pairs[0]) == (1, 0, 5)


def test_forty_nine_are_exact_and_fifty_are_not():
    rng = np.random.default_rng(4)
    for n, exact in ((49, 1.0), (50, 0.0)):
        a, b = rng.normal(size=(n, 1)), rng.normal(size=(5, 1))
        assert mann_whitney(a, b, confidence=0.95).details["is_exact"][0] == exact
        assert mann_whitney(b, a, confidence=0.95).details["is_exact"][0] == exact
        w = wilcoxon_signed_rank(a, np.zeros_like(a), confidence=0.95)
        assert w.details["is_exact"][0] == exact


def test_exact_and_normal_p_agree_where_both_hold():
    rng = np.random.default_rng(5)
    a, b = rng.normal(0.3, 1, (49, 20)), rng.normal(size=(49, 20))
    exact = mann_whitney(a, b, confidence=0.95)
    more = mann_whitney(np.r_[a, a[:1] * 0 - 99], np.r_[b, b[:1] * 0 - 98], confidence=0.95)
    np.testing.assert_allclose(exact.p_value, more.p_value, atol=0.03)
    np.testing.assert_allclose(exact.ci_low, more.ci_low, atol=0.1)


def test_the_estimate_does_not_mind_one_wild_value():
    a, b = column(1.0, 2.1, 3.3, 4.6, 90), column(0.5, 1.7, 2.9, 3.2, 4.05)
    assert abs(mann_whitney(a, b, confidence=0.95).estimate[0]) < 3
    assert abs(wilcoxon_signed_rank(a, b, confidence=0.95).estimate[0]) < 3


def test_missing_values_drop_a_sample_or_a_pair():
    a, b = column(1, 2, NAN, 4), column(NAN, 1.5, 2, 2.2)
    r, w = (f(a, b, confidence=0.5) for f in (mann_whitney, wilcoxon_signed_rank))
    assert (r.n_numerator[0], r.n_denominator[0], r.n_dropped[0]) == (3, 3, 2)
    assert (w.n_pairs[0], w.n_dropped[0]) == (2, 2)


def test_three_against_three_have_p_but_no_interval():
    r = mann_whitney(column(4, 5, 6), column(1, 2, 3), confidence=0.95)
    assert (r.p_value[0], r.estimate[0]) == (pytest.approx(0.1), 3)
    assert np.isnan([r.ci_low[0], r.ci_high[0]]).all()
    assert (
        r.reason[0] == "too few values for an interval of coverage 0.95, the widest one covers 0.9"
    )


def test_equal_differences_have_p_but_no_interval():
    a = np.arange(8.0)[:, None]
    w = wilcoxon_signed_rank(a + 1, a, confidence=0.95)
    assert w.estimate[0] == 1
    assert w.p_value[0] < 0.05
    assert (np.isnan(w.ci_low[0]), w.reason[0]) == (True, "no interval: all differences agree")


@pytest.mark.parametrize(
    ("test", "a", "b", "words"),
    [
        (mann_whitney, [NAN, NAN], [1, 2], "too few values: 0 in the numerator and 2"),
        (mann_whitney, [2, 2], [2, 2], "zero variance: all values of both groups agree"),
        (wilcoxon_signed_rank, [NAN, 1], [1, NAN], "too few complete pairs: 0"),
        (wilcoxon_signed_rank, [1, 2], [1, 2], "zero variance: all 2 differences are zero"),
    ],
)
def test_a_gap_says_what_is_lacking(test, a, b, words):
    r = test(column(*a), column(*b), confidence=0.95)
    assert r.reason[0].startswith(words)
    assert np.isnan([r.p_value[0], r.statistic[0], r.effect_size[0], r.ci_low[0]]).all()


@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0), (1, 3)])
@pytest.mark.parametrize("test", [mann_whitney, wilcoxon_signed_rank])
def test_empty_and_tiny_matrices(test, shape):
    r = test(np.ones(shape), np.ones(shape), confidence=0.95)
    assert len(r.p_value) == shape[1]
    assert all(r.reason)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="pairs need equal"):
        wilcoxon_signed_rank(np.ones((3, 1)), np.ones((2, 1)), confidence=0.95)
    with pytest.raises(ValueError, match="number of targets"):
        mann_whitney(np.ones((3, 1)), np.ones((2, 2)), confidence=0.95)
    with pytest.raises(ValueError, match="infinite"):
        mann_whitney(np.full((3, 1), np.inf), np.ones((2, 1)), confidence=0.95)
    with pytest.raises(ValueError, match="confidence"):
        mann_whitney(np.ones((3, 1)), np.ones((2, 1)), confidence=95)


def test_large_panels_are_computed_in_blocks():
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=(300, 60)), rng.normal(size=(400, 60))
    whole = mann_whitney(a, b, confidence=0.95)  # 7.2 million differences
    some = mann_whitney(a[:, 40:], b[:, 40:], confidence=0.95)
    np.testing.assert_array_equal(whole.estimate[40:], some.estimate)
    np.testing.assert_array_equal(whole.ci_high[40:], some.ci_high)
    np.testing.assert_allclose(
        whole.estimate[0], np.median(np.subtract.outer(a[:, 0], b[:, 0])), rtol=1e-12
    )
