"""Tests of several groups and of their variances against R at 1e-10."""

from __future__ import annotations

import pytest

from stats.methods.bartlett import bartlett
from stats.methods.brown_forsythe import brown_forsythe
from stats.methods.kruskal import kruskal
from stats.methods.welch_anova import welch_anova
from tests.reference.stats.studies import check, expected_blocks, studies

EXPECTED = expected_blocks("groups")
STUDIES = dict(studies())
METHODS = {
    ("groups", "welch_anova", ""): lambda s: welch_anova(s.groups),
    ("groups", "kruskal", ""): lambda s: kruskal(s.groups),
    ("groups", "brown_forsythe", ""): lambda s: brown_forsythe(s.groups),
    ("groups", "bartlett", ""): lambda s: bartlett(s.groups),
    ("arms", "bartlett", ""): lambda s: bartlett([s.numerator, s.denominator]),
}
#: An F or chi-squared near zero carries the rounding of the distances that are squared in it.
FLOORS = {"statistic": 1e-13}


@pytest.mark.parametrize("key", sorted(EXPECTED), ids="-".join)
def test_equals_r(key):
    study, *block = key
    r = METHODS[tuple(block)](STUDIES[study])
    ours = {name: getattr(r, name) for name in ("statistic", "df", "df_denominator", "p_value")}
    check(ours, EXPECTED[key], study=study, relative=1e-10, floors=FLOORS)


def test_every_study_and_method_is_compared():
    assert set(EXPECTED) == {(name, *block) for name in STUDIES for block in METHODS}
