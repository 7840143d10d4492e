"""Adjusted p-values are never smaller, keep the order, and equal SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats as sps

from stats.multiplicity import benjamini_hochberg, benjamini_yekutieli, bonferroni, holm

# A slow or busy machine is no failure of a law.
SHORT = settings(deadline=None, max_examples=50)

# Subnormal numbers have fewer digits than the tolerance asks for.
probability = st.floats(0, 1, allow_subnormal=False)
p_values = hnp.arrays(np.float64, st.integers(1, 40), elements=probability)
EVERY = pytest.mark.parametrize(
    "adjust", [benjamini_hochberg, benjamini_yekutieli, bonferroni, holm]
)


@EVERY
@SHORT
@given(p=p_values)
def test_never_below_p_and_never_above_one(adjust, p):
    adjusted = adjust(p)
    assert (adjusted >= p * (1 - 1e-15)).all()
    assert (adjusted <= 1).all()


@EVERY
@SHORT
@given(p=p_values)
def test_keeps_the_order(adjust, p):
    order = np.argsort(p, kind="stable")
    assert (np.diff(adjust(p)[order]) >= 0).all()


@EVERY
@SHORT
@given(p=p_values, seed=st.integers(0, 2**32 - 1))
def test_does_not_depend_on_the_order(adjust, p, seed):
    order = np.random.default_rng(seed).permutation(len(p))
    np.testing.assert_array_equal(adjust(p)[order], adjust(p[order]))


@SHORT
@given(p=p_values)
def test_equals_scipy(p):
    np.testing.assert_allclose(
        benjamini_hochberg(p), sps.false_discovery_control(p, method="bh"), rtol=1e-13
    )
    np.testing.assert_allclose(
        benjamini_yekutieli(p), sps.false_discovery_control(p, method="by"), rtol=1e-13
    )


@SHORT
@given(p=p_values, n_missing=st.integers(0, 5))
def test_tests_that_were_not_made_change_nothing(p, n_missing):
    padded = np.concatenate([p, np.full(n_missing, np.nan)])
    np.testing.assert_array_equal(benjamini_hochberg(padded)[: len(p)], benjamini_hochberg(p))


@SHORT
@given(p=p_values)
def test_from_gentle_to_strict(p):
    assert (benjamini_hochberg(p) <= holm(p) * (1 + 1e-12)).all()
    assert (holm(p) <= bonferroni(p) * (1 + 1e-12)).all()
