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
    assert by_id["corr_baseline"].subset == (("cohort", "patient"),)
    assert by_id["corr_baseline"].covariates == ()
    assert by_id["corr_baseline"].status == "confirmatory"
    assert by_id["pain"].numerator_group == ""
    assert by_id["paper_a_vs_c"].min_abs_fold_change == 1.5


@pytest.mark.parametrize(
    ("change", "given", "allowed"),
    [
        ({"kind": "guess"}, "kind is 'guess'",
         "contrast, omnibus, equivalence, correlation, change_correlation, outcome"),
        ({"mode": "Paper"}, "mode is 'Paper'", "correct, paper"),
        ({"pairing": "twins"}, "pairing is 'twins'", "independent, patient"),
        ({"primary_method": "paired_t"}, "primary_method is 'paired_t'", "welch_t, student_t"),
        ({"primary_method": ""}, "primary_method is ''", "welch_t, student_t"),
        ({"numerator_group": None}, "numerator_group is empty", "a value"),
        ({"denominator_group": "A"}, "`A` is compared with itself", "two different groups"),
        ({"subset": "cohort"}, "subset is 'cohort'", "column=value"),
        ({"subset": "=patient"}, "subset is '=patient'", "column=value"),
        ({"subset": "cohort=patient &"}, "subset is 'cohort=patient &'", "& between several"),
        ({"status": "sure"}, "status is 'sure'", "confirmatory, exploratory"),
        ({"outcome": "vas"}, "outcome is 'vas', which kind contrast does not use", "nothing"),
        ({"covariates": "age_years", "primary_method": "student_t"},
         "covariates are 'age_years', and student_t in mode correct does not adjust for any",
         "welch_t, moderated_t, treat"),
        ({"covariates": "age_years", "mode": "paper", "primary_method": "student_t"},
         "student_t in mode paper does not adjust for any", "Allowed: none."),
        ({"covariates": "age_years, age_years"}, "age_years stands twice", "each name once"),
        ({"covariates": "group_code"}, "group_code forms the groups themselves", "beside"),
        ({"covariates": "lot", "subset": "lot=1"}, "all samples of this analysis have the same lot",
         "columns in which the samples differ"),
        ({"covariates": "visit", "visit": "baseline"}, "the same visit", "samples differ"),
        ({"primary_method": "treat"}, "min_abs_fold_change is 1, and treat tests against it",
         "more than 1"),
        ({"kind": "equivalence", "primary_method": "tost"},
         "min_abs_fold_change is 1, and equivalence needs it as its margin", "more than 1"),
        ({"kind": "equivalence", "primary_method": "tost", "pairing": "patient"},
         "there is no method for kind equivalence, mode correct, pairing patient",
         "pairing independent"),
        ({"alpha": 5.0}, "alpha is 5", "between 0 and 1"),
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


def test_a_fault_names_its_column(as_plan, make_contrast):
    (words,) = problems_of(as_plan, [make_contrast("A", "C", alpha=7.0)])
    assert "column alpha" in words


METHODS_OF = {
    ("contrast", "correct", "independent"):
        "welch_t student_t moderated_t treat mann_whitney",
    ("contrast", "correct", "patient"): "paired_t moderated_t treat wilcoxon_signed_rank",
    ("contrast", "paper", "independent"): "student_t",
    ("omnibus", "correct", "independent"): "anova_oneway welch_anova kruskal",
    ("omnibus", "correct", "patient"): "mixed_model",
    ("omnibus", "paper", "independent"): "anova_oneway",
    ("equivalence", "correct", "independent"): "tost",
    ("correlation", "correct", "independent"): "pearson spearman",
    ("change_correlation", "correct", "independent"): "change_on_change",
    ("outcome", "correct", "patient"): "paired_t wilcoxon_signed_rank",
}  # fmt: skip
ADJUSTING = {
    ("contrast", "independent"): "welch_t moderated_t treat",
    ("contrast", "patient"): "moderated_t",
    ("omnibus", "patient"): "mixed_model",
    ("correlation", "independent"): "pearson",
}


def row_of(make_plan_row, kind, mode, pairing, method, **more):
    arms = kind in ("contrast", "equivalence")
    return make_plan_row(
        "a", kind, mode=mode, pairing=pairing, primary_method=method,
        numerator_group="A" if arms else None, denominator_group="B" if arms else None,
        min_abs_fold_change=1.5, visit=None if arms or kind == "omnibus" else "follow_up",
        outcome="vas" if "correlation" in kind or kind == "outcome" else None, **more,
    )  # fmt: skip


@pytest.mark.parametrize("key", METHODS_OF, ids=" ".join)
def test_each_kind_offers_its_methods_and_no_other(as_plan, make_plan_row, key):
    every = {m for methods in METHODS_OF.values() for m in methods.split()}
    for method in sorted(every):
        plan = as_plan([row_of(make_plan_row, *key, method)])
        if method in METHODS_OF[key].split():
            (analysis,) = read_plan(plan)
            assert analysis.primary_method == method
        else:
            with pytest.raises(CytomartError, match="primary_method is"):
                read_plan(plan)


@pytest.mark.parametrize("key", METHODS_OF, ids=" ".join)
def test_covariates_stand_only_beside_methods_that_adjust(as_plan, make_plan_row, key):
    kind, mode, pairing = key
    able = ADJUSTING.get((kind, pairing), "").split() if mode == "correct" else []
    for method in METHODS_OF[key].split():
        plan = as_plan([row_of(make_plan_row, *key, method, covariates="age_years, lot")])
        if method in able:
            (analysis,) = read_plan(plan)
            assert analysis.covariates == ("age_years", "lot")
        else:
            with pytest.raises(CytomartError, match="does not adjust for any"):
                read_plan(plan)


def test_restrictions_are_joined_and_sorted(as_plan, make_contrast):
    (analysis,) = read_plan(as_plan([make_contrast("A", "C", subset=" sex = female & lot=L1 ")]))
    assert analysis.subset == (("lot", "L1"), ("sex", "female"))


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


def test_all_groups_together_are_no_contrast(as_plan, make_plan_row):
    row = make_plan_row("abc", "omnibus", contrast_id="B_vs_A", primary_method="anova_oneway")
    with pytest.raises(CytomartError, match="contrast_id is 'B_vs_A' for all groups together"):
        read_plan(as_plan([row]))
