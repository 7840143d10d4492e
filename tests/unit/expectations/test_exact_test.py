"""The exact test at its edges, and where it must fall back on random tables."""

from __future__ import annotations

from itertools import product
from math import comb, prod

import numpy as np
import pytest

from expectations import exact_test
from expectations.exact_test import cramers_v, exact_p


def by_hand(numerator, denominator):
    """All tables with these margins, one by one."""
    totals = [a + b for a, b in zip(numerator, denominator, strict=True)]
    ways = {t: prod(map(comb, totals, t)) for t in product(*(range(n + 1) for n in totals))
            if sum(t) == sum(numerator)}  # fmt: skip
    limit = ways[tuple(numerator)]
    return sum(w for w in ways.values() if w <= limit) / sum(ways.values())


@pytest.mark.parametrize("seed", range(8))
def test_it_counts_what_a_list_of_all_tables_counts(seed):
    rng = np.random.default_rng(seed)
    numerator, denominator = rng.integers(0, 5, (2, 5)).tolist()
    assert exact_p(numerator, denominator) == pytest.approx(by_hand(numerator, denominator))


def test_two_groups_that_never_meet():
    assert exact_p([3, 0], [0, 10]) == pytest.approx(1 / comb(13, 3))
    assert cramers_v([3, 0], [0, 10]) == pytest.approx(1)


def test_groups_dealt_alike_are_no_association():
    assert exact_p([4, 4, 4], [2, 2, 2]) == 1
    assert cramers_v([4, 4, 4], [2, 2, 2]) == 0


@pytest.mark.parametrize("table", [([], []), ([3], [4]), ([0, 0], [2, 3]), ([0, 3], [0, 4])])
def test_nothing_to_compare_is_no_association(table):
    assert exact_p(*table) == 1
    assert cramers_v(*table) == 0


def test_every_sample_at_a_place_of_its_own_tells_nothing():
    assert exact_p([1] * 6 + [0] * 4, [0] * 6 + [1] * 4) == 1


def test_random_tables_come_near_the_count_and_are_the_same_each_time(monkeypatch):
    table = [5, 2, 3, 0, 5], [0, 4, 1, 4, 1]
    exact = exact_p(*table)
    monkeypatch.setattr(exact_test, "MOST_STATES", 0)
    found = exact_p(*table)
    assert found == exact_p(*table)
    error = (exact * (1 - exact) / exact_test.N_RANDOM) ** 0.5
    assert 0.001 < exact < 0.015
    assert abs(found - exact) < 4 * error


def test_a_large_study_is_answered():
    rng = np.random.default_rng(1)
    numerator = rng.binomial(8, 0.7, 1_250)
    assert exact_p(numerator.tolist(), (8 - numerator).tolist()) > exact_test.N_RANDOM**-1
    assert exact_p([8, 0] * 600, [0, 8] * 600) == pytest.approx(1 / (1 + exact_test.N_RANDOM))
