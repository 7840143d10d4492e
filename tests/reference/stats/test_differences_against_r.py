"""Standardised differences against their formulas, written out in R."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.standardised_difference import (
    APART,
    NO_SPREAD,
    TOO_FEW,
    difference_of_numbers,
    difference_of_shares,
)

METHODS = {"numbers": difference_of_numbers, "shares": difference_of_shares}


@pytest.mark.parametrize("kind", sorted(METHODS))
def test_differences_equal_their_formulas(read, kind):
    rows = [r for r in read("differences_expected.csv") if r["kind"] == kind]
    assert len(rows) >= 30
    for row in rows:
        first, second = ([float(x) for x in row[c].split()] for c in ("first", "second"))
        found, reason = METHODS[kind](first, second)
        assert reason == ""
        assert found == pytest.approx(float(row["difference"]), rel=1e-10)


def test_the_sign_is_that_of_the_first_of_two_classes_and_none_of_more():
    assert difference_of_shares([9, 1], [5, 5])[0] > 0 > difference_of_shares([1, 9], [5, 5])[0]
    assert difference_of_shares([5, 3, 2], [2, 3, 5])[0] > 0


def test_the_order_and_empty_classes_do_not_matter():
    asked = difference_of_shares([14, 10, 6], [3, 4, 3])[0]
    assert difference_of_shares([6, 14, 10], [3, 3, 4])[0] == pytest.approx(asked, rel=1e-12)
    assert difference_of_shares([6, 0, 14, 10], [3, 0, 3, 4])[0] == pytest.approx(asked, rel=1e-12)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (difference_of_numbers([1.0], [1.0, 2.0]), TOO_FEW),
        (difference_of_numbers([1.0, 1.0], [2.0, 2.0]), NO_SPREAD),
        (difference_of_shares([10, 0], [0, 5]), APART),
        (difference_of_shares([10, 0, 0], [0, 5, 5]), APART),
        (difference_of_shares([0, 0], [3, 5]), TOO_FEW),
    ],
)
def test_a_difference_that_is_not_defined_says_why(found, reason):
    assert np.isnan(found[0])
    assert found[1] == reason


def test_what_is_the_same_differs_by_nothing():
    assert difference_of_numbers([2.0, 2.0], [2.0, 2.0]) == (0.0, "")
    assert difference_of_shares([30, 0], [10, 0]) == (0.0, "")
    assert difference_of_shares([30, 0, 0], [10, 0, 0]) == (0.0, "")
