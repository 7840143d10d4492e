"""A contrast is planned once per mode: the table of differences has one row per target."""

from __future__ import annotations

import pyarrow as pa
import pytest

from contracts import CytomartError, from_rows
from contracts.raw import PLAN
from stats.plan import check_contrasts, read_plan

ROW = {
    "study_id": "s", "file_sha256": "0" * 64, "source_line": 2, "analysis_id": "a",
    "kind": "contrast", "contrast_id": "A_vs_C", "numerator_group": "A",
    "denominator_group": "C", "grouping": "group_code", "subset": "", "pairing": "independent",
    "covariates": "", "family": "f", "primary_method": "welch_t", "mode": "correct",
    "status": "confirmatory", "alpha": 0.05, "min_abs_fold_change": 1.0, "plan_hash": "h",
}  # fmt: skip


def plan(*changes: dict) -> pa.Table:
    return from_rows([{**ROW, **change} for change in changes], PLAN)


def test_a_contrast_planned_twice_is_refused_with_both_lines():
    with pytest.raises(CytomartError) as caught:
        check_contrasts(read_plan(plan({}, {"analysis_id": "b", "source_line": 5})))
    assert "A_vs_C" in str(caught.value)
    assert "line 2" in str(caught.value)
    assert "line 5" in str(caught.value)


def test_one_contrast_id_means_the_same_samples_in_every_analysis():
    other = {"analysis_id": "b", "mode": "paper", "primary_method": "student_t", "source_line": 7}
    for change in ({"subset": "lot=1"}, {"visit": "baseline"}, {"numerator_group": "B"},
                   {"grouping": "cohort"}):  # fmt: skip
        with pytest.raises(CytomartError) as caught:
            check_contrasts(read_plan(plan({}, {**other, **change})))
        assert "contrast A_vs_C compares different samples in its 2 analyses" in str(caught.value)
        assert "line 7" in str(caught.value)


def test_an_equivalence_may_stand_beside_its_contrast():
    same = {"analysis_id": "b", "kind": "equivalence", "primary_method": "tost",
            "min_abs_fold_change": 1.5}  # fmt: skip
    analyses = read_plan(plan({}, same))
    check_contrasts(analyses)
    assert len(analyses) == 2


def test_the_same_contrast_may_stand_in_both_modes():
    paper = {"analysis_id": "b", "mode": "paper", "primary_method": "student_t"}
    analyses = read_plan(plan({}, paper))
    check_contrasts(analyses)
    assert len(analyses) == 2
