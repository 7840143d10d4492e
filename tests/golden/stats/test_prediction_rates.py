"""What the search for a model claims of noise, with a leak, of a true target: few studies, and all."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks.null_rates.__main__ import DOCUMENT, N_CLAIMS, RESULTS
from benchmarks.null_rates.document import claim_lines
from benchmarks.null_rates.predictions import CASES, SETTINGS, claim, read_claimed

QUICK = 16
#: Without permutations, which take most of the time and change no AUC.
FAST = replace(SETTINGS, n_permutations=1, n_bootstraps=1)
BY_NAME = {c.name: c for c in CASES}
EVERY = pytest.mark.parametrize("name", sorted(BY_NAME))
NOISE = [c.name for c in CASES if not c.effect and not c.leaks]
LEAKS = [c.name for c in CASES if c.leaks]
PLANTED = [c.name for c in CASES if c.effect]


@cache
def committed():
    with (RESULTS / "prediction_rates.csv").open(encoding="utf-8", newline="") as handle:
        return {r.case: r for r in map(read_claimed, csv.DictReader(handle))}


@EVERY
def test_few_studies_claim_what_many_did(name):
    few, many = claim(BY_NAME[name], QUICK, settings=FAST), committed()[name]
    error = many.auc_error * np.sqrt(many.n_studies / QUICK)
    assert abs(few.auc - many.auc) <= 4 * error
    if name in LEAKS:
        assert few.auc > 0.6


@EVERY
def test_every_committed_auc_is_what_its_case_demands(name):
    r = committed()[name]
    assert r.holds
    assert (r.low, r.high, r.n_studies) == (BY_NAME[name].low, BY_NAME[name].high, N_CLAIMS)


def test_noise_has_an_auc_of_one_half_and_a_leak_does_not():
    assert (len(NOISE), len(LEAKS), len(PLANTED)) == (3, 1, 2)
    assert N_CLAIMS == 200
    for name in NOISE:
        r = committed()[name]
        assert abs(r.auc - 0.5) <= 0.03
        # p of 19 permutations is 0.05 in one of twenty, and never a sign of something.
        assert r.below_level <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / N_CLAIMS)
        # The bootstrap does not see how many candidates there were.
        assert r.corrected > r.auc + 0.05
    for name in LEAKS:
        assert committed()[name].auc > 0.6
        assert committed()[name].below_level > 0.5


def test_a_planted_target_is_found():
    for name in PLANTED:
        r = committed()[name]
        assert r.auc > 0.6
        assert r.first_frac > 0.8
        assert r.below_level > 0.3


def test_the_table_has_every_case_and_the_document_shows_it():
    assert committed().keys() == BY_NAME.keys()
    text = DOCUMENT.read_text(encoding="utf-8")
    for line in claim_lines(list(committed().values())):
        assert line in text


@pytest.mark.slow
@EVERY
def test_all_studies_claim_the_committed_auc(name):
    assert claim(BY_NAME[name], N_CLAIMS).auc == pytest.approx(committed()[name].auc, abs=1e-3)
