"""Laws of power: more of anything finds more, and the detectable effect inverts it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.methods.power import detectable_groups, detectable_pairs, power_groups, power_pairs

SHORT = settings(deadline=None, max_examples=40)

sizes = st.integers(2, 300)
alphas = st.floats(1e-6, 0.2)
powers = st.floats(0.25, 0.999)
effects = st.floats(-4, 4)


@SHORT
@given(n=sizes, m=sizes, alpha=alphas, power=powers)
def test_the_detectable_effect_is_found_with_that_power(n, m, alpha, power):
    d = detectable_groups(n, m, alpha=alpha, power=power)
    np.testing.assert_allclose(power_groups(d, n, m, alpha=alpha), power, rtol=1e-9)
    dz = detectable_pairs(n, alpha=alpha, power=power)
    np.testing.assert_allclose(power_pairs(dz, n, alpha=alpha), power, rtol=1e-9)


@SHORT
@given(n=sizes, m=sizes, alpha=alphas, effect=effects)
def test_the_sign_and_the_order_of_arms_do_not_matter(n, m, alpha, effect):
    power = power_groups(effect, n, m, alpha=alpha)
    assert power == power_groups(-effect, n, m, alpha=alpha)
    np.testing.assert_allclose(power, power_groups(effect, m, n, alpha=alpha), rtol=1e-12)


@SHORT
@given(n=sizes, m=sizes, alpha=alphas, effect=effects)
def test_more_samples_a_larger_effect_or_a_laxer_threshold_find_more(n, m, alpha, effect):
    power = power_groups(effect, n, m, alpha=alpha)
    slack = 1e-10  # SciPy's tails agree with R's to 1e-12
    assert alpha - slack <= power <= 1 + slack
    assert power_groups(effect, 2 * n, m, alpha=alpha) >= power - slack
    assert power_groups(1.1 * effect, n, m, alpha=alpha) >= power - slack
    assert power_groups(effect, n, m, alpha=1.1 * alpha) >= power - slack
