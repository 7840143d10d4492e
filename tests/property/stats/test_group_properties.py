"""Laws of tests of several groups: order, shift, unit, agreement with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats as sps

from stats.methods.bartlett import bartlett
from stats.methods.brown_forsythe import brown_forsythe
from stats.methods.games_howell import games_howell
from stats.methods.kruskal import kruskal
from stats.methods.studentized_range import upper_studentized_range
from stats.methods.tukey_hsd import tukey_hsd
from stats.methods.welch_anova import welch_anova

SHORT = settings(deadline=None, max_examples=40)
CLOSE = {"rtol": 1e-7, "atol": 1e-10, "equal_nan": True}

OMNIBUS = {
    "welch_anova": welch_anova,
    "kruskal": kruskal,
    "brown_forsythe": brown_forsythe,
    "bartlett": bartlett,
}
PAIRS = {"tukey_hsd": tukey_hsd, "games_howell": games_howell}
EVERY = pytest.mark.parametrize("method", sorted(OMNIBUS))
EACH = pytest.mark.parametrize("method", sorted(PAIRS))

value = st.one_of(st.integers(0, 4 * 1024).map(lambda k: k / 1024), st.just(float("nan")))
coarse = st.integers(0, 3).map(float)


@st.composite
def groups(draw):
    n_targets = draw(st.integers(1, 3))
    elements = draw(st.sampled_from([value, coarse]))
    sizes = draw(st.lists(st.integers(1, 7), min_size=2, max_size=4))
    return [draw(hnp.arrays(np.float64, (n, n_targets), elements=elements)) for n in sizes]


@EVERY
@SHORT
@given(sets=groups(), seed=st.integers(0, 2**32 - 1))
def test_neither_order_of_groups_nor_of_persons_matters(method, sets, seed):
    rng = np.random.default_rng(seed)
    mixed = [sets[i][rng.permutation(len(sets[i]))] for i in rng.permutation(len(sets))]
    plain, other = OMNIBUS[method](sets), OMNIBUS[method](mixed)
    np.testing.assert_allclose(plain.statistic, other.statistic, **CLOSE)
    np.testing.assert_allclose(plain.p_value, other.p_value, **CLOSE)


@EVERY
@SHORT
@given(sets=groups(), shift=st.integers(-64, 64), power=st.integers(-3, 3))
def test_shift_and_unit_do_not_matter(method, sets, shift, power):
    plain, moved = OMNIBUS[method](sets), OMNIBUS[method]([2.0**power * g + shift for g in sets])
    np.testing.assert_allclose(plain.statistic, moved.statistic, **CLOSE)
    assert plain.reason == moved.reason


@EVERY
@SHORT
@given(sets=groups())
def test_a_gap_has_a_reason_and_p_is_a_probability(method, sets):
    r = OMNIBUS[method](sets)
    for p, statistic, reason in zip(r.p_value, r.statistic, r.reason, strict=True):
        assert np.isnan(p) == np.isnan(statistic) == (not reason.startswith("ci_not_defined"))
        assert np.isnan(p) or (0 <= p <= 1 and statistic >= 0)


def scipy_answer(method, sets):
    sets = [g[~np.isnan(g)] for g in sets]
    return {
        "welch_anova": lambda: sps.f_oneway(*sets, equal_var=False),
        "kruskal": lambda: sps.kruskal(*sets),
        "brown_forsythe": lambda: sps.levene(*sets, center="median"),
        "bartlett": lambda: sps.bartlett(*sets),
    }[method]()


@EVERY
@SHORT
@given(sets=groups())
def test_agrees_with_scipy(method, sets):
    r = OMNIBUS[method](sets)
    for j in np.flatnonzero(~np.isnan(r.p_value)):
        statistic, p = scipy_answer(method, [g[:, j] for g in sets])
        assert r.statistic[j] == pytest.approx(statistic, rel=1e-7, abs=1e-9)
        assert np.isnan(p) or r.p_value[j] == pytest.approx(p, rel=1e-7, abs=1e-9)


@EACH
@SHORT
@given(sets=groups())
def test_exchanging_two_groups_flips_the_sign_and_keeps_p(method, sets):
    forth = PAIRS[method](sets, confidence=0.9)[(1, 0)]
    back = PAIRS[method]([sets[1], sets[0], *sets[2:]], confidence=0.9)[(1, 0)]
    np.testing.assert_allclose(forth.estimate, -back.estimate, **CLOSE)
    np.testing.assert_allclose(forth.ci_low, -back.ci_high, **CLOSE)
    np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)


@EACH
@SHORT
@given(sets=groups())
def test_post_hoc_gaps_have_reasons_and_intervals_agree_with_p(method, sets):
    for r in PAIRS[method](sets, confidence=0.9).values():
        for p, low, high, reason in zip(r.p_value, r.ci_low, r.ci_high, r.reason, strict=True):
            assert np.isnan(p) == bool(reason)
            if not reason and abs(p - 0.1) > 1e-8:
                assert 0 <= p <= 1
                assert (p < 0.1) == (low > 0 or high < 0)


@SHORT
@given(q=st.floats(0, 60), step=st.floats(0.01, 5), k=st.integers(2, 8), df=st.floats(1, 500))
def test_the_tail_falls_with_q_and_rises_with_the_number_of_groups(q, step, k, df):
    tail = upper_studentized_range(q, k, df)
    rounding = 1e-10  # with one degree of freedom the integral is good to 1e-12
    assert 0 <= upper_studentized_range(q + step, k, df) <= tail * (1 + rounding) <= 1 + 1e-9
    assert upper_studentized_range(q, k + 1, df) >= tail * (1 - rounding)
