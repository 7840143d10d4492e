"""Laws of the rank tests and of equivalence: symmetry, order, shift, agreement with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats as sps

from stats.methods.mann_whitney import mann_whitney
from stats.methods.tost import tost
from stats.methods.wilcoxon_signed_rank import wilcoxon_signed_rank

SHORT = settings(deadline=None, max_examples=50)
CLOSE = {"rtol": 1e-9, "atol": 1e-12, "equal_nan": True}

RANKS = {"mann_whitney": mann_whitney, "wilcoxon_signed_rank": wilcoxon_signed_rank}
METHODS = {
    **{name: (lambda a, b, f=f: f(a, b, confidence=0.9)) for name, f in RANKS.items()},
    "tost": lambda a, b: tost(a, b, margin_log2=2.0, confidence=0.9),
}
EVERY = pytest.mark.parametrize("method", sorted(METHODS))
EACH_RANK = pytest.mark.parametrize("method", sorted(RANKS))

# A grid of 2^-10, or one so coarse that most values are tied.
fine = st.integers(0, 16 * 1024).map(lambda k: k / 1024)
coarse = st.integers(0, 4).map(float)


@st.composite
def matrices(draw):
    """Return two arms of the same shape, with or without many ties, with values missing."""
    shape = (draw(st.integers(1, 9)), draw(st.integers(1, 4)))
    level = st.one_of(draw(st.sampled_from([fine, coarse])), st.just(float("nan")))
    return tuple(draw(hnp.arrays(np.float64, shape, elements=level)) for _ in range(2))


@EVERY
@SHORT
@given(arms=matrices())
def test_swapping_arms_flips_the_sign_and_keeps_p(method, arms):
    forth, back = (METHODS[method](*pair) for pair in (arms, arms[::-1]))
    np.testing.assert_allclose(forth.estimate, -back.estimate, **CLOSE)
    np.testing.assert_allclose(forth.ci_low, -back.ci_high, **CLOSE)
    np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)
    np.testing.assert_allclose(forth.effect_size, -back.effect_size, **CLOSE)


@EVERY
@SHORT
@given(arms=matrices(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_persons_does_not_matter(method, arms, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(arms[0]))
    other = order if method == "wilcoxon_signed_rank" else rng.permutation(len(arms[1]))
    plain, mixed = METHODS[method](*arms), METHODS[method](arms[0][order], arms[1][other])
    for quantity in ("estimate", "ci_low", "ci_high", "statistic", "p_value"):
        np.testing.assert_allclose(getattr(plain, quantity), getattr(mixed, quantity), **CLOSE)
    assert plain.reason == mixed.reason


@EVERY
@SHORT
@given(arms=matrices(), shift=st.integers(-64, 64))
def test_a_constant_in_log2_changes_nothing(method, arms, shift):
    plain, shifted = METHODS[method](*arms), METHODS[method](arms[0] + shift, arms[1] + shift)
    for quantity in ("estimate", "ci_low", "ci_high", "statistic", "p_value", "effect_size"):
        np.testing.assert_allclose(getattr(plain, quantity), getattr(shifted, quantity), **CLOSE)
    assert plain.reason == shifted.reason


@EVERY
@SHORT
@given(arms=matrices())
def test_targets_do_not_know_each_other(method, arms):
    whole = METHODS[method](*arms)
    for j in range(arms[0].shape[1]):
        alone = METHODS[method](arms[0][:, j : j + 1], arms[1][:, j : j + 1])
        for quantity in ("estimate", "ci_low", "p_value"):
            np.testing.assert_array_equal(getattr(whole, quantity)[j], getattr(alone, quantity)[0])
        assert whole.reason[j] == alone.reason[0]


@EVERY
@SHORT
@given(arms=matrices())
def test_a_gap_has_a_reason_and_p_is_a_probability(method, arms):
    result = METHODS[method](*arms)
    for p, statistic, low, reason in zip(
        result.p_value, result.statistic, result.ci_low, result.reason, strict=True
    ):
        assert np.isnan(p) == np.isnan(statistic)
        assert 0 <= p <= 1 or (np.isnan(p) and reason)
        assert not np.isnan(low) or reason


@EACH_RANK
@SHORT
@given(arms=matrices(), shift=st.integers(-16, 16))
def test_the_estimate_follows_a_shift_of_one_arm(method, arms, shift):
    if method == "wilcoxon_signed_rank":  # zeros, which are dropped, would be others
        arms = (arms[0] + 2**-12, arms[1])
    plain, moved = METHODS[method](*arms), METHODS[method](arms[0] + shift, arms[1])
    both = (plain.reason[0] == moved.reason[0] == "") and not np.isnan(plain.estimate[0])
    if both:
        np.testing.assert_allclose(moved.estimate[0], plain.estimate[0] + shift, **CLOSE)


@EACH_RANK
@SHORT
@given(arms=matrices())
def test_the_estimate_lies_within_its_interval(method, arms):
    result = METHODS[method](*arms)
    bounded = ~np.isnan(result.ci_low)
    assert (result.ci_low <= result.estimate)[bounded].all()
    assert (result.estimate <= result.ci_high)[bounded].all()
    assert (
        result.details["interval_coverage"][bounded & (result.details["is_exact"] == 1)] >= 0.9
    ).all()


@EACH_RANK
@SHORT
@given(arms=matrices())
def test_an_exact_interval_excludes_zero_exactly_when_p_is_at_most_the_level(method, arms):
    result = METHODS[method](*arms)
    for j in np.flatnonzero((result.details["is_exact"] == 1) & ~np.isnan(result.ci_low)):
        outside = result.ci_low[j] > 0 or result.ci_high[j] < 0
        assert outside == (result.p_value[j] <= 1 - 0.9 + 1e-12)


def scipy_p(method, a, b):
    if method == "wilcoxon_signed_rank":
        d = (a - b)[~np.isnan(a - b)]
        d = d[d != 0]
        exact = len(np.unique(np.abs(d))) == len(d) == (~np.isnan(a - b)).sum()
        way = "exact" if exact else "asymptotic"
        return sps.wilcoxon(d, correction=True, method=way).pvalue
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    exact = len(np.unique(np.concatenate([a, b]))) == len(a) + len(b)
    way = "exact" if exact else "asymptotic"
    return sps.mannwhitneyu(a, b, use_continuity=True, method=way).pvalue


@EACH_RANK
@SHORT
@given(arms=matrices())
def test_p_agrees_with_scipy(method, arms):
    result = METHODS[method](*arms)
    for j in np.flatnonzero(~np.isnan(result.p_value)):
        theirs = scipy_p(method, arms[0][:, j], arms[1][:, j])
        assert result.p_value[j] == pytest.approx(theirs, rel=1e-9)
