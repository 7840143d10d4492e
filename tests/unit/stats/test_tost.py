"""Equivalence within a margin, by hand, and the four verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as sps

from stats.methods.tost import equivalence_verdict, tost

pytestmark = pytest.mark.filterwarnings("error")
MARGIN = float(np.log2(1.5))


def arms(shift=0.0, n=30, m=10, targets=3, seed=6):
    rng = np.random.default_rng(seed)
    return rng.normal(9 + shift, 0.4, (n, targets)), rng.normal(9, 0.4, (m, targets))


def test_p_is_the_larger_of_two_one_sided_welch_tests():
    a, b = arms(0.2)
    result = tost(a, b, margin_log2=MARGIN, confidence=0.95)
    above = sps.ttest_ind(a + MARGIN, b, equal_var=False, alternative="greater").pvalue
    below = sps.ttest_ind(a - MARGIN, b, equal_var=False, alternative="less").pvalue
    np.testing.assert_allclose(result.p_value, np.maximum(above, below), rtol=1e-9)
    np.testing.assert_allclose(result.details["p_above_minus_margin"], above, rtol=1e-9)
    np.testing.assert_allclose(result.details["p_below_margin"], below, rtol=1e-9)


def test_a_difference_at_the_margin_has_p_one_half_and_beyond_it_more():
    a, b = np.array([[8.5], [9.0], [9.5]]), np.array([[8.0], [8.5], [9.0]])
    assert tost(a, b, margin_log2=0.5, confidence=0.95).p_value[0] == pytest.approx(0.5)
    assert tost(a, b, margin_log2=0.4, confidence=0.95).p_value[0] > 0.5
    assert tost(a, b, margin_log2=50, confidence=0.95).p_value[0] < 1e-7


def test_the_inner_interval_lies_within_the_margins_exactly_when_p_is_small():
    a, b = arms(np.linspace(-0.8, 0.8, 400), targets=400)
    r = tost(a, b, margin_log2=MARGIN, confidence=0.95)
    inside = (r.details["inner_low"] > -MARGIN) & (r.details["inner_high"] < MARGIN)
    assert 20 < inside.sum() < 380
    np.testing.assert_array_equal(inside, r.p_value < 0.05)


def test_gaps_are_those_of_welch():
    a, b = arms()
    a[1:, 0] = np.nan
    a[:, 1] = b[:, 1] = 8.1
    result = tost(a, b, margin_log2=MARGIN, confidence=0.95)
    assert np.isnan(result.p_value).tolist() == [True, True, False]
    assert all(np.isnan(v).tolist() == [True, True, False] for v in result.details.values())
    assert "too few values: 1" in result.reason[0]
    assert "zero variance" in result.reason[1]


@pytest.mark.parametrize("margin", [0, -0.5, np.inf, np.nan])
def test_the_margin_lies_above_zero(margin):
    with pytest.raises(ValueError, match="margin_log2"):
        tost(*arms(), margin_log2=margin, confidence=0.95)


def test_a_confidence_below_one_half_has_no_inner_interval():
    with pytest.raises(ValueError, match="need at least"):
        tost(*arms(), margin_log2=MARGIN, confidence=0.4)


def test_the_four_verdicts_and_the_gap():
    verdicts = equivalence_verdict(
        [0.01, 0.01, 0.2, 0.2, np.nan, 0.2, 0.05],
        [0.3, 0.01, 0.01, 0.3, 0.01, np.nan, 0.05],
        alpha=0.05,
    )
    assert verdicts == (
        "different", "both", "equivalent", "undetermined", "", "", "undetermined"
    )  # fmt: skip


def test_verdicts_need_as_many_of_both():
    with pytest.raises(ValueError, match="p-values"):
        equivalence_verdict([0.1], [0.1, 0.2], alpha=0.05)
