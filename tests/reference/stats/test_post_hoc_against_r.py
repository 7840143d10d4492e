"""All pairs of groups against R: differences and q at 1e-10, p and bounds at 1e-8."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from stats.methods.games_howell import games_howell
from stats.methods.tukey_hsd import tukey_hsd
from tests.reference.stats.studies import check, expected_blocks, number, studies

EXPECTED = expected_blocks("post_hoc")
STUDIES = dict(studies())
METHODS = {"tukey_hsd": tukey_hsd, "games_howell": games_howell}


@cache
def results(study, method):
    return METHODS[method](STUDIES[study].groups, confidence=0.95)


@pytest.mark.parametrize("key", sorted(EXPECTED), ids="-".join)
def test_equals_r(key):
    study, _, method, pair = key
    r = results(study, method)[tuple(int(i) for i in pair.split("-"))]
    # A difference is told even where it is not tested.
    ours = {
        name: np.where(np.isnan(r.p_value), np.nan, getattr(r, name))
        for name in ("estimate", "statistic", "df", "ci_low", "ci_high", "p_value")
    }
    # Of the panel only every 50th target was integrated, so there is no sum over all.
    rows = [row for row in EXPECTED[key] if row["target"] != "sum"]
    if study == "panel":
        ours, study = {name: values[49::50] for name, values in ours.items()}, "panel, thinned"
    means = {name: ours[name] for name in ("estimate", "statistic", "df")}
    floors = {"estimate": 1e-14, "statistic": 1e-13}
    check(means, rows, study=study, relative=1e-10, floors=floors)
    ranges = {name: ours[name] for name in ("ci_low", "ci_high", "p_value")}
    floors = {"ci_low": 1e-9, "ci_high": 1e-9, "p_value": 1e-11}
    check(ranges, rows, study=study, relative=1e-8, floors=floors)


def test_every_study_and_pair_is_compared():
    for study, s in STUDIES.items():
        for method in METHODS:
            pairs = {key[3] for key in EXPECTED if key[0] == study and key[2] == method}
            assert pairs == {f"{i}-{j}" for i, j in results(study, method)}
            assert len(pairs) == len(s.groups) * (len(s.groups) - 1) / 2


def test_most_pairs_are_tested_and_some_p_are_far():
    p = np.array([number(r["p_value"]) for rows in EXPECTED.values() for r in rows])
    assert np.isfinite(p).mean() > 0.8
    assert (p < 1e-6).sum() > 20
