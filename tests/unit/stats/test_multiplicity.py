"""Adjustment by hand, in rows, and with tests that were not made."""

from __future__ import annotations

import numpy as np
import pytest

from stats.multiplicity import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    holm,
    realised_threshold,
)


def test_benjamini_hochberg_by_hand():
    adjusted = benjamini_hochberg([0.04, 0.01, 0.03, 0.5])
    np.testing.assert_allclose(adjusted, [0.04 * 4 / 3, 0.04, 0.04 * 4 / 3, 0.5])


def test_holm_by_hand():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])


@pytest.mark.parametrize("adjust", [benjamini_hochberg, benjamini_yekutieli, bonferroni, holm])
def test_tests_not_made_do_not_count(adjust):
    p = np.array([0.2, np.nan, 0.001, np.nan, 0.03])
    adjusted = adjust(p)
    np.testing.assert_array_equal(np.isnan(adjusted), np.isnan(p))
    np.testing.assert_array_equal(adjusted[~np.isnan(p)], adjust(p[~np.isnan(p)]))


@pytest.mark.parametrize("adjust", [benjamini_hochberg, benjamini_yekutieli, bonferroni, holm])
def test_rows_are_adjusted_on_their_own(adjust):
    p = np.random.default_rng(2).random((4, 9)) ** 2
    p[1, 3] = np.nan
    np.testing.assert_allclose(adjust(p), [adjust(row) for row in p], rtol=1e-15)


@pytest.mark.parametrize("p", [[], [np.nan, np.nan]])
def test_nothing_to_adjust(p):
    assert np.isnan(benjamini_hochberg(p)).all()


@pytest.mark.parametrize("p", [[-0.1], [1.1]])
def test_a_p_value_lies_between_0_and_1(p):
    with pytest.raises(ValueError, match="outside 0 to 1"):
        benjamini_hochberg(p)


def test_the_realised_threshold_separates_hits_from_the_rest():
    p = np.random.default_rng(3).random((50, 40)) ** 4
    p[:, ::7] = np.nan
    threshold = realised_threshold(p, alpha=0.05)
    np.testing.assert_array_equal(p < threshold[:, None], benjamini_hochberg(p) < 0.05)


def test_the_realised_threshold_without_a_hit_is_what_one_would_need():
    assert realised_threshold([0.3, 0.4, np.nan, 0.9, 0.5], alpha=0.05) == pytest.approx(0.05 / 4)
    assert np.isnan(realised_threshold([np.nan], alpha=0.05))
