"""Laws of correlations: order, shift and unit do not matter; score and target may be exchanged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stats.methods.change_on_change import change_on_change
from stats.methods.pearson import pearson
from stats.methods.spearman import spearman

SHORT = settings(deadline=None, max_examples=50)
CLOSE = {"rtol": 1e-6, "atol": 1e-8, "equal_nan": True}


def partial(levels, scores):
    return pearson(levels, scores[:, 0], confidence=0.95, covariates=scores[:, 1:])


METHODS = {
    "spearman": lambda y, x: spearman(y, x[:, 0], confidence=0.95),
    "partial": partial,
    "change_on_change": lambda y, x: change_on_change(
        y, y[::-1] + x[:, :1], x[:, 0], x[:, 1], confidence=0.95
    ),
}
EVERY = pytest.mark.parametrize("method", sorted(METHODS))

value = st.one_of(st.integers(0, 64).map(float), st.just(float("nan")))


@st.composite
def levels_and_scores(draw):
    n = draw(st.integers(1, 12))
    levels = draw(hnp.arrays(np.float64, (n, draw(st.integers(1, 3))), elements=value))
    return levels, draw(hnp.arrays(np.float64, (n, 2), elements=value))


@EVERY
@SHORT
@given(data=levels_and_scores())
def test_a_gap_has_a_reason_and_p_is_a_probability(method, data):
    r = METHODS[method](*data)
    for p, t, low, estimate, reason in zip(
        r.p_value, r.statistic, r.ci_low, r.estimate, r.reason, strict=True
    ):
        assert np.isnan(p) == np.isnan(t)
        assert 0 <= p <= 1 or (np.isnan(p) and reason)
        assert not np.isnan(low) or reason
        assert not np.isinf(estimate)


@pytest.mark.parametrize("method", ["spearman", "partial"])
@SHORT
@given(data=levels_and_scores(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_persons_does_not_matter(method, data, seed):
    order = np.random.default_rng(seed).permutation(len(data[0]))
    plain, mixed = METHODS[method](*data), METHODS[method](*(d[order] for d in data))
    np.testing.assert_allclose(plain.estimate, mixed.estimate, **CLOSE)
    np.testing.assert_allclose(plain.p_value, mixed.p_value, **CLOSE)
    assert plain.reason == mixed.reason


@EVERY
@SHORT
@given(data=levels_and_scores(), shift=st.integers(-64, 64), power=st.integers(-3, 3))
def test_shift_and_unit_of_the_levels_do_not_matter(method, data, shift, power):
    y, x = data
    if method == "change_on_change":  # its level after is made of both
        power = 0
    plain, moved = METHODS[method](y, x), METHODS[method](2.0**power * y + shift, x)
    np.testing.assert_allclose(plain.p_value, moved.p_value, **CLOSE)
    np.testing.assert_allclose(plain.effect_size, moved.effect_size, **CLOSE)
    assert plain.reason == moved.reason


@EVERY
@SHORT
@given(data=levels_and_scores())
def test_targets_do_not_know_each_other(method, data):
    y, x = data
    whole = METHODS[method](y, x)
    for j in range(y.shape[1]):
        alone = METHODS[method](y[:, j : j + 1], x)
        np.testing.assert_array_equal(whole.p_value[j], alone.p_value[0])
        assert whole.reason[j] == alone.reason[0]


@SHORT
@given(data=levels_and_scores(), more=levels_and_scores())
def test_score_and_target_may_be_exchanged(data, more):
    n = min(len(data[0]), len(more[0]))
    (y, x), (z, _) = ((a[:n], b[:n]) for a, b in (data, more))
    y, z = y[:, :1], z[:, :1]
    forth = change_on_change(y, z, x[:, 0], x[:, 1], confidence=0.95)
    back = change_on_change(x[:, :1], x[:, 1:], y[:, 0], z[:, 0], confidence=0.95)
    if not forth.reason[0] and not back.reason[0]:
        np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)
        np.testing.assert_allclose(forth.effect_size, back.effect_size, **CLOSE)
