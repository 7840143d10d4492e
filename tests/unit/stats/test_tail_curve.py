"""The series of t tails against the integral of each."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.tails import many_two_sided_t, two_sided_t

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("df", [1.0, 2.5, 10.0, 67.3, 1e3, 1e6])
@pytest.mark.parametrize("largest", [1e-3, 0.9, 4.0, 12.0, 60.0])
def test_a_series_is_as_good_as_integrals(df, largest):
    statistic = np.linspace(-largest, largest, 5001)
    many = many_two_sided_t(statistic, np.full(5001, df))
    one_by_one = two_sided_t(statistic, np.full(5001, df))
    told = one_by_one > 1e-300
    np.testing.assert_allclose(many[told], one_by_one[told], rtol=1e-12)
    assert (many <= 1).all()


def test_a_far_statistic_does_not_spoil_the_others():
    statistic = np.append(np.linspace(0, 4, 2000), 40.0)
    many = many_two_sided_t(statistic, np.full(2001, 67.0))
    np.testing.assert_allclose(many, two_sided_t(statistic, np.full(2001, 67.0)), rtol=1e-12)


def test_gaps_stay_gaps():
    statistic, df = np.linspace(0, 4, 2000), np.full(2000, 12.0)
    statistic[7] = df[7] = np.nan
    many = many_two_sided_t(statistic, df)
    assert np.isnan(many[7])
    np.testing.assert_allclose(
        np.delete(many, 7), two_sided_t(*map(np.delete, (statistic, df), (7, 7))), rtol=1e-12
    )


@pytest.mark.parametrize("size", [1e-300, 1e-18, 1e-15])
def test_statistics_of_next_to_nothing_have_p_one(size):
    many = many_two_sided_t(np.linspace(0, size, 2000), np.array([20.0]))
    np.testing.assert_allclose(many, 1.0, rtol=1e-14)


def test_equal_statistics_of_zero_have_p_one():
    np.testing.assert_array_equal(many_two_sided_t(np.zeros(2000), np.full(2000, 9.0)), 1.0)


def test_different_df_have_their_own_integrals():
    rng = np.random.default_rng(1)
    statistic, df = rng.normal(size=2000), rng.uniform(3, 90, 2000)
    np.testing.assert_array_equal(many_two_sided_t(statistic, df), two_sided_t(statistic, df))
