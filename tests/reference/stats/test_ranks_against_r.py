"""Rank tests against R: p, statistics and exact bounds at 1e-10, what R searches for at 1e-4."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.mann_whitney import mann_whitney
from stats.methods.wilcoxon_signed_rank import wilcoxon_signed_rank
from tests.reference.stats.studies import as_in_r, check, expected_blocks, number, studies

EXPECTED = expected_blocks("ranks")
STUDIES = dict(studies())
HODGES_LEHMANN = {
    ("arms", "mann_whitney"): lambda s: mann_whitney(s.numerator, s.denominator, confidence=0.95),
    ("pairs", "wilcoxon_signed_rank"): lambda s: wilcoxon_signed_rank(
        s.after, s.before, confidence=0.95
    ),
}
EVERY_STUDY = pytest.mark.parametrize("study", sorted(STUDIES))
EACH_TEST = pytest.mark.parametrize("block", sorted(HODGES_LEHMANN), ids="-".join)


def column(rows, name):
    return np.array([number(r[name]) for r in rows])


@EVERY_STUDY
@EACH_TEST
def test_statistic_and_p_equal_r(study, block):
    r = HODGES_LEHMANN[block](STUDIES[study])
    ours = {"statistic": r.statistic, "p_value": r.p_value}
    check(ours, EXPECTED[(study, *block, "")], study=study, relative=1e-10, floors={})


@EVERY_STUDY
@EACH_TEST
def test_the_estimate_is_the_median_of_its_candidates(study, block):
    r = HODGES_LEHMANN[block](STUDIES[study])
    rows = EXPECTED[(study, *block, "estimate")]
    # Differences of levels near 16 (near 4096 in one design) carry their rounding.
    floor = 1e-12 if study == "high" else 1e-14
    check({"estimate": r.estimate}, rows, study=study, relative=1e-10, floors={"estimate": floor})


@EVERY_STUDY
@EACH_TEST
def test_r_finds_the_same_estimate_as_far_as_it_searches(study, block):
    """Where the two middle candidates differ, any number between them fits R's search."""
    rows, middle = EXPECTED[(study, *block, "")], EXPECTED[(study, *block, "estimate")]
    one = [i for i, r in enumerate(rows) if r["target"] != "sum" and r["estimate"] != "NA"]
    theirs = column(rows, "estimate")[one]
    low, high = (column(middle, name)[one] for name in ("ci_low", "ci_high"))
    assert len(one) > 0
    assert ((theirs > low - 1e-4) & (theirs < high + 1e-4)).all()
    ours = as_in_r(study, HODGES_LEHMANN[block](STUDIES[study]).estimate)[one]
    agree = np.abs(ours - theirs) < 1e-4
    assert agree[high - low < 1e-9].all()


@EVERY_STUDY
@EACH_TEST
def test_exact_bounds_equal_r_and_others_as_far_as_it_searches(study, block):
    r = HODGES_LEHMANN[block](STUDIES[study])
    rows = EXPECTED[(study, *block, "")]
    exact = as_in_r(study, np.where(r.details["is_exact"] == 1, 1.0, 0.0)) == 1
    for name in ("ci_low", "ci_high"):
        ours, theirs = as_in_r(study, getattr(r, name)), column(rows, name)
        one = np.array([row["target"] != "sum" for row in rows])
        np.testing.assert_array_equal(np.isnan(ours[one]), np.isnan(theirs[one]))
        tight = 1e-12 if study == "high" else 1e-14
        np.testing.assert_allclose(ours[exact & one], theirs[exact & one], rtol=1e-10, atol=tight)
        np.testing.assert_allclose(ours[one], theirs[one], rtol=0, atol=1e-4)


def test_every_block_of_r_is_compared_and_both_forms_occur():
    assert {key[0] for key in EXPECTED} == set(STUDIES)
    assert {key[1:3] for key in EXPECTED} == set(HODGES_LEHMANN)
    for method in HODGES_LEHMANN.values():
        forms = np.concatenate([method(s).details["is_exact"] for s in STUDIES.values()])
        assert np.isin([0.0, 1.0], forms).all()
