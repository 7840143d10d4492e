"""AUC, DeLong's standard error, interval and p against R's pROC at 1e-10, of every study."""

from __future__ import annotations

import pytest

from stats.methods.auc import auc
from tests.reference.stats.studies import check, expected_blocks, studies

EXPECTED = expected_blocks("auc")
STUDIES = dict(studies())
FLOORS = {"statistic": 1e-12}


@pytest.mark.parametrize("key", sorted(EXPECTED), ids="-".join)
def test_equals_r(key):
    s = STUDIES[key[0]]
    r = auc(s.numerator, s.denominator, confidence=0.95)
    ours = {name: getattr(r, name) for name in ("estimate", "ci_low", "ci_high", "statistic",
                                                "p_value")}  # fmt: skip
    ours["df"] = r.details["standard_error"]
    check(ours, EXPECTED[key], study=key[0], relative=1e-10, floors=FLOORS)


def test_every_study_is_compared():
    assert {key[0] for key in EXPECTED} == set(STUDIES)
