"""Laws of Firth's logistic regression: interval and p agree, signs and units do not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stats.methods.firth_logistic import firth_logistic

SHORT = settings(deadline=None, max_examples=40)
CLOSE = {"rtol": 1e-6, "equal_nan": True}
value = st.one_of(st.integers(0, 40).map(float), st.just(float("nan")))
outcome = st.sampled_from([0.0, 1.0, float("nan")])


@st.composite
def levels_and_events(draw):
    n = draw(st.integers(1, 14))
    levels = draw(hnp.arrays(np.float64, (n, 3), elements=value))
    return levels, draw(hnp.arrays(np.float64, n, elements=outcome))


@SHORT
@given(data=levels_and_events(), confidence=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_excludes_one_where_p_is_below_the_level(data, confidence):
    r = firth_logistic(*data, confidence=confidence)
    for low, estimate, high, p, why in zip(
        r.ci_low, r.estimate, r.ci_high, r.p_value, r.reason, strict=True
    ):
        if np.isnan(p):
            assert why
            continue
        assert 0 < low < estimate < high < np.inf
        if abs(p - (1 - confidence)) > 1e-9:
            assert (not low <= 1 <= high) == (p < 1 - confidence)


@SHORT
@given(data=levels_and_events(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_persons_and_the_unit_of_levels_do_not_matter(data, seed):
    levels, events = data
    order = np.random.default_rng(seed).permutation(len(levels))
    plain = firth_logistic(levels, events, confidence=0.95)
    other = firth_logistic(levels[order] * 8 - 3, events[order], confidence=0.95)
    for name in ("estimate", "ci_low", "ci_high", "p_value"):
        np.testing.assert_allclose(getattr(other, name), getattr(plain, name), **CLOSE)


@SHORT
@given(data=levels_and_events())
def test_the_other_outcome_as_event_turns_the_odds_ratio_over(data):
    levels, events = data
    plain, turned = (firth_logistic(levels, e, confidence=0.95) for e in (events, 1 - events))
    np.testing.assert_allclose(turned.estimate, 1 / plain.estimate, **CLOSE)
    np.testing.assert_allclose(turned.ci_low, 1 / plain.ci_high, **CLOSE)
    np.testing.assert_allclose(turned.p_value, plain.p_value, **CLOSE)
