"""The search for whole numbers with a prescribed sum and spread, and when it gives up."""

from __future__ import annotations

import numpy as np
import pytest

from contracts import CytomartError
from simulate.moments import (
    Moments,
    printing_moments,
    whole_numbers,
    whole_numbers_with_total,
)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_printing_moments_leave_only_the_papers_sums_of_squares():
    assert printing_moments(30, 810, 5.70, 0.005) == Moments(810, 22812, 22812)
    assert printing_moments(30, 1436, 9.17, 0.005) == Moments(1436, 71174, 71176)


def test_whole_number_pain_scores_cannot_print_1_34(rng):
    """The founding paper's VAS: 30 whole numbers summing to 167 have SD 1.3309 or 1.3566."""
    moments = printing_moments(30, 167, 1.34, 0.005)
    assert moments.least_squares > moments.most_squares
    with pytest.raises(CytomartError, match="cannot be met"):
        whole_numbers(rng, rng.normal(5.6, 1.3, 30), moments, 0, 10)


def test_fixed_elements_stay(rng):
    low, high = np.full(12, 10), np.full(12, 60)
    low[0] = high[0] = 60
    out = whole_numbers(rng, rng.normal(35, 10, 12), Moments(420, 16_000, 16_500), low, high)
    assert out[0] == 60
    assert out.sum() == 420
    assert 16_000 <= (out * out).sum() <= 16_500
    assert ((low <= out) & (out <= high)).all()


@pytest.mark.parametrize(
    ("moments", "low", "high"),
    [
        (Moments(1000, 10**5, 10**6), 0, 50),  # the sum is out of reach
        (Moments(100, 900, 950), 0, 50),  # less than the mean alone demands
        (Moments(100, 4_900, 5_000), 8, 12),  # more spread than the bounds hold
    ],
)
def test_impossible_moments_are_refused(rng, moments, low, high):
    with pytest.raises(CytomartError, match="cannot be met"):
        whole_numbers(rng, rng.normal(10, 3, 10), moments, low, high)


def test_total_alone(rng):
    out = whole_numbers_with_total(rng, rng.normal(5, 2, 4), 31, 0, 10)
    assert out.sum() == 31
    assert out.min() >= 0
    assert out.max() <= 10
    with pytest.raises(CytomartError, match="cannot be met"):
        whole_numbers_with_total(rng, np.ones(3), 31, 0, 10)
