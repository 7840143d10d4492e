"""Polynomials that stand in for a smooth function, and arrays of one number kept once."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.distinct import distinct, is_repeated, repeated
from stats.methods.fitted_series import chebyshev_rule, polynomial

X = np.linspace(-1, 1, 5003)


@pytest.mark.parametrize("degree", [14, 20, 32])
def test_a_smooth_function_is_met_everywhere(degree):
    rule = chebyshev_rule(degree)
    coefficients = rule.fitted(np.exp(rule.points), close=1e-13)
    np.testing.assert_allclose(polynomial(coefficients, X), np.exp(X), rtol=1e-13)


def test_terms_that_are_rounding_errors_are_left_out():
    rule = chebyshev_rule(32)
    coefficients = rule.fitted(1 + rule.points**3, close=1e-13)
    np.testing.assert_allclose(coefficients, [1, 0, 0, 1], atol=1e-14)


def test_what_is_not_smooth_is_refused():
    rule = chebyshev_rule(20)
    assert rule.fitted(np.abs(rule.points), close=1e-6) is None
    assert rule.fitted(np.full(len(rule.points), np.nan), close=1e-6) is None


@pytest.mark.parametrize("n", [0, 1, 2047, 2048, 2049, 5000])
def test_blocks_do_not_show(n):
    x = X[:n]
    np.testing.assert_allclose(polynomial(np.array([1.0, 2.0, 3.0]), x), 1 + 2 * x + 3 * x * x)


def test_a_constant_is_a_polynomial():
    np.testing.assert_array_equal(polynomial(np.array([4.0]), X), 4.0)


def test_a_repeated_number_is_an_array_like_any_other():
    many = repeated(5, 2.5)
    np.testing.assert_array_equal(many, np.full(5, 2.5))
    assert is_repeated(many)
    assert not is_repeated(np.full(5, 2.5))
    np.testing.assert_array_equal(distinct(many)[0], [2.5])
    with pytest.raises(ValueError, match="read-only"):
        many[0] = 1.0


def test_nothing_repeated_is_empty():
    assert repeated(0, 1.0).shape == (0,)
    assert distinct(repeated(0, 1.0))[0].shape == (0,)
