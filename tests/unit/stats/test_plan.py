"""Every row of a plan that cannot be carried out is named, all at once."""

from __future__ import annotations

import pytest

from contracts import CytomartError
from stats.plan import read_plan


def problems_of(as_plan, rows):
    with pytest.raises(CytomartError) as caught:
        read_plan(as_plan(rows))
    return [str(p) for p in caught.value.problems]


def test_rows_are_typed_and_sorted(as_plan, make_full_plan):
    analyses = read_plan(as_plan(list(reversed(make_full_plan()))))
    assert [a.analysis_id for a in analyses] == sorted(a.analysis_id for a in analyses)
    by_id = {a.analysis_id: a for a in analyses}
    assert by_id["corr_baseline"].subset_column == "cohort"
    assert by_id["corr_baseline"].subset_value == "patient"
    assert by_id["pain"].numerator_group == ""
    assert by_id["paper_a_vs_c"].min_abs_fold_change == 1.5


@pytest.mark.parametrize(
    ("change", "given", "allowed"),
    [
        ({"kind": "guess"}, "kind is 'guess'", "contrast, omnibus, outcome, correlation"),
        ({"mode": "Paper"}, "mode is 'Paper'", "correct, paper"),
        ({"pairing": "twins"}, "pairing is 'twins'", "independent, patient"),
        ({"primary_method": "paired_t"}, "primary_method is 'paired_t'", "welch_t, student_t"),
        ({"primary_method": ""}, "primary_method is ''", "welch_t, student_t"),
        ({"numerator_group": None}, "numerator_group is empty", "a value"),
        ({"denominator_group": "A"}, "both arms are 'A'", "two different groups"),
        ({"subset": "cohort"}, "subset is 'cohort'", "column=value"),
        ({"subset": "=patient"}, "subset is '=patient'", "column=value"),
        ({"covariates": "age"}, "covariates are 'age'", "none"),
        ({"alpha": 5.0}, "alpha is 5.0", "between 0 and 1"),
        ({"min_abs_fold_change": 0.5}, "min_abs_fold_change is 0.5", "1 or more"),
        ({"kind": "correlation", "mode": "paper"}, "there is no method for kind correlation",
         "mode correct"),
    ],
)  # fmt: skip
def test_a_fault_names_row_value_and_what_is_allowed(
    as_plan, make_contrast, change, given, allowed
):
    words = " ".join(problems_of(as_plan, [{**make_contrast("A", "C"), **change}]))
    assert "plan, line 2, analysis a_vs_c" in words
    assert given in words
    assert allowed in words


def test_all_faulty_rows_are_reported_at_once(as_plan, make_contrast):
    rows = [
        make_contrast("A", "C", alpha=0.0),
        make_contrast("B", "C"),
        make_contrast("B", "A", subset="x"),
    ]
    words = problems_of(as_plan, rows)
    assert len(words) == 2
    assert "a_vs_c" in words[0]
    assert "b_vs_a" in words[1]


def test_an_analysis_stands_once(as_plan, make_contrast):
    (words,) = problems_of(as_plan, [make_contrast("A", "C")] * 2)
    assert "a_vs_c stands 2 times" in words


def test_the_same_name_in_two_studies_is_two_analyses(as_plan, make_contrast):
    rows = [make_contrast("A", "C", study_id=s) for s in ("s1", "s2")]
    assert len(read_plan(as_plan(rows))) == 2


def test_an_empty_plan_is_a_plan(as_plan):
    assert read_plan(as_plan([])) == ()
