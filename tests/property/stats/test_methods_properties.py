"""Laws that hold for every input: symmetry, order, shift, agreement with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats as sps

from stats.methods.anova_oneway import anova_oneway
from stats.methods.levene import levene
from stats.methods.paired_t import paired_t
from stats.methods.pearson import pearson
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.methods.student_t import student_t
from stats.methods.welch_t import welch_t

# A slow or busy machine is no failure of a law.
SHORT = settings(deadline=None, max_examples=50)

CLOSE = {"rtol": 1e-9, "atol": 1e-12, "equal_nan": True}
TWO_ARMS = {"student_t": student_t, "welch_t": welch_t, "paired_t": paired_t}
METHODS = {
    **{name: (lambda a, b, f=f: f(a, b, confidence=0.95)) for name, f in TWO_ARMS.items()},
    "anova_oneway": lambda a, b: anova_oneway([a, b]),
    "levene": lambda a, b: levene([a, b]),
    "shapiro_wilk": lambda a, b: shapiro_wilk(a),
    "pearson": lambda a, b: pearson(a, b[:, 0], confidence=0.95),
}

# Levels on a grid of 2^-10 (as log2 of counts would be), ties and missing values among them.
level = st.one_of(st.integers(0, 16 * 1024).map(lambda k: k / 1024), st.just(float("nan")))


@st.composite
def matrices(draw):
    """Return two arms of the same shape."""
    shape = (draw(st.integers(2, 9)), draw(st.integers(1, 4)))
    return tuple(draw(hnp.arrays(np.float64, shape, elements=level)) for _ in range(2))


@pytest.mark.parametrize("method", sorted(TWO_ARMS))
@SHORT
@given(arms=matrices())
def test_swapping_arms_flips_the_sign_and_keeps_p(method, arms):
    forth, back = (TWO_ARMS[method](*pair, confidence=0.95) for pair in (arms, arms[::-1]))
    np.testing.assert_allclose(forth.estimate, -back.estimate, **CLOSE)
    np.testing.assert_allclose(forth.statistic, -back.statistic, **CLOSE)
    np.testing.assert_allclose(forth.ci_low, -back.ci_high, **CLOSE)
    np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)


@pytest.mark.parametrize("method", ["anova_oneway", "levene"])
@SHORT
@given(arms=matrices())
def test_the_order_of_groups_does_not_matter(method, arms):
    forth, back = (METHODS[method](*pair) for pair in (arms, arms[::-1]))
    np.testing.assert_allclose(forth.statistic, back.statistic, **CLOSE)
    np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)


@pytest.mark.parametrize("method", sorted(METHODS))
@SHORT
@given(arms=matrices(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_persons_does_not_matter(method, arms, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(arms[0]))
    other = order if method in ("paired_t", "pearson") else rng.permutation(len(arms[1]))
    plain, mixed = METHODS[method](*arms), METHODS[method](arms[0][order], arms[1][other])
    np.testing.assert_allclose(plain.statistic, mixed.statistic, **CLOSE)
    np.testing.assert_allclose(plain.p_value, mixed.p_value, **CLOSE)
    assert plain.reason == mixed.reason


@pytest.mark.parametrize("method", sorted(METHODS))
@SHORT
@given(arms=matrices(), shift=st.integers(-64, 64))
def test_a_constant_in_log2_changes_nothing(method, arms, shift):
    # A shift on the same grid is exact in binary, so that only the method can lose digits.
    plain, shifted = METHODS[method](*arms), METHODS[method](arms[0] + shift, arms[1] + shift)
    for quantity in ("estimate", "ci_low", "statistic", "df", "p_value", "effect_size"):
        np.testing.assert_allclose(
            getattr(plain, quantity), getattr(shifted, quantity), err_msg=quantity, **CLOSE
        )
    assert plain.reason == shifted.reason


@pytest.mark.parametrize("method", sorted(METHODS))
@SHORT
@given(arms=matrices())
def test_targets_do_not_know_each_other(method, arms):
    whole = METHODS[method](*arms)
    for j in range(arms[0].shape[1]):
        scores = arms[1][:, :1] if method == "pearson" else arms[1][:, j : j + 1]
        alone = METHODS[method](arms[0][:, j : j + 1], scores)
        np.testing.assert_array_equal(whole.p_value[j], alone.p_value[0])
        assert whole.reason[j] == alone.reason[0]


@pytest.mark.parametrize("method", sorted(METHODS))
@SHORT
@given(arms=matrices())
def test_a_gap_has_a_reason_and_p_is_a_probability(method, arms):
    result = METHODS[method](*arms)
    for p, statistic, reason in zip(result.p_value, result.statistic, result.reason, strict=True):
        assert np.isnan(p) == np.isnan(statistic)
        assert not np.isinf(statistic)
        assert 0 <= p <= 1 or (np.isnan(p) and reason)


@pytest.mark.parametrize("method", sorted(TWO_ARMS))
@SHORT
@given(arms=matrices())
def test_the_interval_excludes_zero_exactly_when_p_is_below_the_level(method, arms):
    result = TWO_ARMS[method](*arms, confidence=0.95)
    for p, low, high in zip(result.p_value, result.ci_low, result.ci_high, strict=True):
        if not np.isnan(p) and abs(p - 0.05) > 1e-9:
            assert (p < 0.05) == (low > 0 or high < 0)


def scipy_answers(method, a, b):
    if method == "paired_t":
        both = ~np.isnan(a) & ~np.isnan(b)
        return sps.ttest_rel(a[both], b[both])
    if method == "pearson":
        both = ~np.isnan(a) & ~np.isnan(b)
        r = sps.pearsonr(a[both], b[both])
        n = both.sum()
        return r.statistic * np.sqrt((n - 2) / (1 - r.statistic**2)), r.pvalue
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    return {
        "student_t": lambda: sps.ttest_ind(a, b),
        "welch_t": lambda: sps.ttest_ind(a, b, equal_var=False),
        "anova_oneway": lambda: sps.f_oneway(a, b),
        "levene": lambda: sps.levene(a, b, center="mean"),
        "shapiro_wilk": lambda: sps.shapiro(a),
    }[method]()


@pytest.mark.parametrize("method", sorted(METHODS))
@SHORT
@given(arms=matrices())
def test_agrees_with_scipy(method, arms):
    result = METHODS[method](*arms)
    computed = np.flatnonzero(~np.isnan(result.p_value))
    for j in computed:
        column = 0 if method == "pearson" else j
        statistic, p = scipy_answers(method, arms[0][:, j], arms[1][:, column])
        assert result.statistic[j] == pytest.approx(statistic, rel=1e-7, abs=1e-9)
        if np.isnan(p):  # SciPy's own F of equal means may round to below zero
            assert -1e-9 < statistic < 0
            continue
        assert result.p_value[j] == pytest.approx(p, rel=1e-7, abs=1e-9)
