"""Two one-sided Welch tests against R, with the margin log2(1.5)."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.tost import tost
from tests.reference.stats.studies import check, expected_blocks, studies

EXPECTED = expected_blocks("equivalence")
STUDIES = dict(studies())
#: As in conftest.py; the standard error of R is that of means rounded at the height of the levels.
FLOORS = {"estimate": 1e-14, "ci_low": 1e-14, "ci_high": 1e-14, "statistic": 1e-13}


@pytest.mark.parametrize("study", sorted(STUDIES))
def test_equals_r(study):
    arms = STUDIES[study]
    r = tost(arms.numerator, arms.denominator, margin_log2=np.log2(1.5), confidence=0.95)
    tested = ~np.isnan(r.p_value)
    ours = {
        "estimate": np.where(tested, r.estimate, np.nan),
        "ci_low": r.details["inner_low"],
        "ci_high": r.details["inner_high"],
        "statistic": r.statistic,
        "df": r.df,
        "p_value": r.p_value,
    }
    rows = EXPECTED[(study, "arms", "tost", "")]
    check(ours, rows, study=study, relative=1e-10, floors=FLOORS)
    sides = {
        "ci_low": r.details["p_above_minus_margin"],
        "ci_high": r.details["p_below_margin"],
        "statistic": r.details["t_above_minus_margin"],
    }
    rows = EXPECTED[(study, "arms", "tost_sides", "")]
    check(sides, rows, study=study, relative=1e-10, floors={"statistic": 1e-13})


def test_every_block_of_r_is_compared():
    assert {key[0] for key in EXPECTED} == set(STUDIES)
    assert {key[2] for key in EXPECTED} == {"tost", "tost_sides"}
