"""How often tests of odds ratios reject a true null: every table counted, and the kept rows."""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
import pytest

from benchmarks.null_rates.__main__ import DOCUMENT, RESULTS
from benchmarks.null_rates.document import odds_lines
from benchmarks.null_rates.odds import (
    ALPHA,
    ARMS,
    EXACT,
    PAIRS,
    odds_rates,
    read_odds,
    rejected_tables,
)

#: Sizes that are counted anew in every run; the long suite counts all.
FEW_ARMS, FEW_PAIRS = ((12, 18), (5, 5)), (10, 6)


@cache
def committed():
    with (RESULTS / "odds_rates.csv").open(encoding="utf-8", newline="") as handle:
        return {(r.test, r.data): r for r in map(read_odds, csv.DictReader(handle))}


def agree(found, kept):
    for name in ("rate_10", "rate_30", "rate_50", "largest", "at"):
        assert getattr(found, name) == pytest.approx(getattr(kept, name), rel=1e-5), name


def test_a_few_sizes_counted_anew_are_what_is_kept():
    for found in odds_rates(FEW_ARMS, FEW_PAIRS):
        agree(found, committed()[found.test, found.data])


@pytest.mark.slow
def test_all_sizes_counted_anew_are_what_is_kept():
    found = odds_rates()
    assert {(r.test, r.data) for r in found} == committed().keys()
    for rate in found:
        agree(rate, committed()[rate.test, rate.data])


def test_exact_tests_never_exceed_their_level_and_firth_hardly():
    rows = committed()
    assert len(rows) == 3 * len(ARMS) + len(PAIRS)
    for (test, data), r in rows.items():
        assert r.holds, (test, data)
        assert max(r.rate_10, r.rate_30, r.rate_50) <= r.largest + 1e-9
        assert r.largest <= (ALPHA if test in EXACT else 0.055), (test, data)
    # The document says so: exact is conservative, Firth's is nearer to the level.
    for data in ("30 v 30", "30 v 10"):
        assert rows["exact_odds_ratio", data].largest < 0.03
        assert rows["firth_odds_ratio", data].largest > ALPHA


def test_the_count_is_that_of_drawn_tables():
    rng, m, n, share, draws = np.random.default_rng(20170106), 12, 18, 0.3, 200_000
    a, c = rng.binomial(m, share, draws), rng.binomial(n, share, draws)
    for test in ("exact_odds_ratio", "firth_odds_ratio"):
        drawn = rejected_tables(test, m, n)[a, c].mean()
        expected = committed()[test, "12 v 18"].rate_30
        assert abs(drawn - expected) < 4 * np.sqrt(expected * (1 - expected) / draws)


def test_a_test_that_rejects_too_often_would_be_seen():
    (kept,) = (r for r in committed().values() if (r.test, r.data) == (EXACT[0], "5 v 5"))
    assert kept.holds
    assert not type(kept)(**{**vars(kept), "largest": 0.0501}).holds


def test_mcnemar_of_fewer_than_six_pairs_that_differ_rejects_nothing():
    (rate,) = (r for r in odds_rates((), (5,)))
    assert rate.largest == 0


def test_the_document_shows_the_kept_rates():
    text = DOCUMENT.read_text(encoding="utf-8")
    for line in odds_lines(list(committed().values())):
        assert line in text
