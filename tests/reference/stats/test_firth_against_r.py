"""Firth's logistic regression against its formulas written out in R, at 1e-6."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.firth_design import firth_design
from stats.methods.firth_logistic import firth_logistic
from tests.reference.stats.studies import HERE, check, expected_blocks, number, rows_of, studies

EXPECTED = expected_blocks("firth")
STUDIES = dict(studies())
DESIGN = rows_of(HERE / "firth_design_expected.csv")
FLOORS = {"statistic": 1e-9}


def event_of(score):
    return np.where(np.isnan(score), np.nan, score >= np.nanmedian(score))


@pytest.mark.parametrize("study", sorted({key[0] for key in EXPECTED}))
def test_the_odds_ratio_of_every_target_equals_r(study):
    s = STUDIES[study]
    r = firth_logistic(s.before, event_of(s.score_before), confidence=0.95)
    ours = {n: getattr(r, n) for n in ("estimate", "ci_low", "ci_high", "statistic", "p_value")}
    rows = EXPECTED[study, "event", "firth_logistic", ""]
    check(ours, rows, study=study, relative=1e-6, floors=FLOORS)
    assert all(bool(why) >= np.isnan(p) for why, p in zip(r.reason, r.p_value, strict=True))


def test_every_study_but_the_panel_is_compared():
    assert {key[0] for key in EXPECTED} == STUDIES.keys() - {"panel"}


@pytest.mark.parametrize("outcome", ["mixed", "rare", "separated"])
def test_all_columns_of_a_design_equal_r(outcome):
    i = np.arange(1, 25)
    design = np.column_stack([np.ones(24), i % 5, i**2 % 7 * 100, i * 7 % 11 / 1000])
    events = {"mixed": i * 5 % 9 < 4, "rare": np.isin(i, (3, 17)), "separated": i % 5 > 2}
    rows = [r for r in DESIGN if r["outcome"] == outcome]
    assert len(rows) == {"mixed": 4, "rare": 4, "separated": 2}[outcome]
    model = firth_design(design[:, : len(rows)], events[outcome], confidence=0.95)
    for ours, column in (
        (model.coefficients, "estimate"),
        (model.ci_low, "low"),
        (model.ci_high, "high"),
        (model.statistic, "ratio"),
        (model.p_value, "p"),
    ):
        theirs = [number(r[column]) for r in rows]
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-11, err_msg=column)
    assert model.is_separated == (outcome != "mixed")
