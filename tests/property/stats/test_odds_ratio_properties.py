"""Laws of odds ratios over every table of up to twelve persons: interval and p never disagree."""

from __future__ import annotations

import math
from itertools import product

import pytest

from stats.methods.exact_odds_ratio import exact_odds_ratio
from stats.methods.firth_odds_ratio import firth_odds_ratio, firth_odds_ratios
from stats.methods.mcnemar_odds_ratio import mcnemar_odds_ratio
from stats.methods.odds_ratio import Fourfold, OddsRatio, interval_agrees

LARGEST = 12
TABLES = [
    Fourfold(*cells) for cells in product(range(LARGEST + 1), repeat=4) if sum(cells) <= LARGEST
]
LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)


def excludes_one(r: OddsRatio) -> bool:
    return r.ci_low > 1 or r.ci_high < 1


def agrees(r: OddsRatio, level: float) -> bool:
    """The law itself, beside the flag that tables carry."""
    law = excludes_one(r) == (r.p_value < 1 - level) or abs(r.p_value - (1 - level)) < 1e-9
    return law and interval_agrees(r, confidence=level)


def test_every_table_is_there():
    assert len(TABLES) == math.comb(LARGEST + 4, 4)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_an_exact_interval_excludes_one_where_p_is_below_the_level(level):
    n_excluding = 0
    for table in TABLES:
        r = exact_odds_ratio(table, confidence=level)
        if table.refusal:
            assert r.reason == table.refusal
            assert math.isnan(r.p_value)
            continue
        assert agrees(r, level), table
        assert r.ci_low <= r.estimate <= r.ci_high
        assert 0 < r.p_fisher <= 1
        n_excluding += excludes_one(r)
    assert n_excluding > 10


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_a_profile_interval_excludes_one_where_p_is_below_the_level(level):
    results = firth_odds_ratios(TABLES, confidence=level)
    for table, r in zip(TABLES, results, strict=True):
        if table.refusal:
            assert r.reason == table.refusal
            continue
        assert agrees(r, level), table
        assert 0 < r.ci_low < r.estimate < r.ci_high < math.inf
    assert sum(excludes_one(r) for r in results) > 10


@pytest.mark.parametrize("level", LEVELS)
def test_an_interval_of_pairs_excludes_one_where_p_is_below_the_level(level):
    results = {
        (b, c): mcnemar_odds_ratio(b, c, confidence=level)
        for b, c in product(range(26), repeat=2)
        if b + c
    }
    for (b, c), r in results.items():
        assert agrees(r, level), (b, c)
        assert r.ci_low <= r.estimate <= r.ci_high
        assert bool(r.reason) == (0 in (b, c))
    assert any(excludes_one(r) for r in results.values())


def test_the_flag_falls_where_interval_and_p_contradict_each_other():
    # The founding paper's p < 0.001 beside an interval that nearly holds 1, and a Wald interval.
    assert not interval_agrees(OddsRatio(0.278, 0.094, 1.2, 0.0001), confidence=0.95)
    assert not interval_agrees(OddsRatio(0.278, 0.094, 0.823, 0.2), confidence=0.95)
    assert interval_agrees(OddsRatio(0.278, 0.094, 0.823, 0.02), confidence=0.95)


@pytest.mark.parametrize("method", [exact_odds_ratio, firth_odds_ratio])
def test_arms_or_outcomes_exchanged_turn_the_ratio_over(method):
    for a, b, c, d in [(3, 9, 7, 2), (0, 5, 4, 4), (1, 2, 3, 4), (6, 1, 2, 3)]:
        r = method(Fourfold(a, b, c, d), confidence=0.9)
        for turned in (Fourfold(c, d, a, b), Fourfold(b, a, d, c)):
            other = method(turned, confidence=0.9)
            assert other.p_value == pytest.approx(r.p_value, rel=1e-6)
            assert other.ci_low == pytest.approx(1 / r.ci_high, rel=1e-6)
            inverse = math.inf if r.estimate == 0 else 1 / r.estimate
            assert other.estimate == pytest.approx(inverse, rel=1e-6)


def test_gained_and_lost_exchanged_turn_the_ratio_over():
    r, other = (mcnemar_odds_ratio(*t, confidence=0.95) for t in ((3, 11), (11, 3)))
    assert other.estimate == pytest.approx(1 / r.estimate)
    assert (other.ci_low, other.ci_high) == pytest.approx((1 / r.ci_high, 1 / r.ci_low))
    assert other.p_value == r.p_value
