"""Rank and partial correlations and change on change against R at 1e-10."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.change_on_change import change_on_change
from stats.methods.partial_changes import pearson_of_changes, spearman_of_changes
from stats.methods.pearson import pearson
from stats.methods.spearman import spearman
from tests.reference.stats.studies import check, expected_blocks, studies

EXPECTED = expected_blocks("correlations")
STUDIES = dict(studies())
FLOORS = {"estimate": 1e-13, "ci_low": 1e-13, "ci_high": 1e-13, "statistic": 1e-12}


def partial(s):
    i = np.arange(1, len(s.before) + 1)
    covariates = np.column_stack([i % 5, i**2 % 7])
    return pearson(s.before, s.score_before, confidence=0.95, covariates=covariates)


def change(s):
    return change_on_change(
        s.before, s.after, s.score_before, s.score_after, confidence=0.95
    )  # fmt: skip


def of_changes(method, s):
    return method(s.before, s.after, s.score_before, s.score_after, confidence=0.95)


METHODS = {
    ("score", "spearman", ""): lambda s: spearman(s.before, s.score_before, confidence=0.95),
    ("score", "pearson", "two covariates"): partial,
    ("change", "change_on_change", ""): change,
    ("change", "pearson", "changes"): lambda s: of_changes(pearson_of_changes, s),
    ("change", "spearman", "changes"): lambda s: of_changes(spearman_of_changes, s),
}


@pytest.mark.parametrize("key", sorted(EXPECTED), ids="-".join)
def test_equals_r(key):
    study, *block = key
    r = METHODS[tuple(block)](STUDIES[study])
    ours = {
        name: getattr(r, name)
        for name in ("estimate", "ci_low", "ci_high", "statistic", "df", "p_value")
    }
    if "change_on_change" in block:
        ours["df_denominator"] = r.effect_size
    check(ours, EXPECTED[key], study=study, relative=1e-10, floors=FLOORS)


def test_every_study_and_method_is_compared():
    blocks = {(name, *block) for name in STUDIES for block in METHODS}
    assert set(EXPECTED) == blocks - {("khan", *block) for block in METHODS if block[0] == "change"}
