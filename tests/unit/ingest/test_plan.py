"""The plan: typed rows, one hash, every bad cell at once."""

from __future__ import annotations

import pytest

from ingest.faults import RefusedError
from ingest.files.tables import read_sheet
from ingest.plan import read_plan, stored_plan

HEAD = "analysis_id,kind,contrast_id,numerator_group,denominator_group,grouping,subset,visit,pairing,outcome,family,primary_method,mode,status,alpha,min_abs_fold_change\n"
GOOD = (
    "b_vs_a,contrast,B_vs_A,B,A,,,,patient,,groups,paired_t,correct,confirmatory,,\n"
    "er,contrast,er,positive,negative,er,visit=baseline,,,,groups,welch_t,,,0.01,1.5\n"
    "all,omnibus,all,,,,,,,,groups,anova_oneway,paper,exploratory,,\n"
    "pain,correlation,all,,,,cohort=patient,baseline,,vas_pain_0_10,corr,pearson,,,,\n"
)


def plan(source, study, text):
    return stored_plan(read_plan(read_sheet(source(text, "plan.csv"), "plan"), study))


def test_rows_are_typed_and_defaults_filled(source, study):
    rows = plan(source, study, HEAD + GOOD)
    first = rows[0]
    assert (first["grouping"], first["alpha"], first["min_abs_fold_change"]) == (
        "group_code",
        0.05,
        1,
    )
    assert (first["visit"], first["subset"], first["covariates"]) == (None, "", "")
    assert (rows[1]["mode"], rows[1]["status"], rows[1]["pairing"]) == (
        "correct", "exploratory", "independent",
    )  # fmt: skip
    assert (rows[1]["alpha"], rows[1]["min_abs_fold_change"]) == (0.01, 1.5)
    assert {len(str(r["plan_hash"])) for r in rows} == {64}
    assert len({r["plan_hash"] for r in rows}) == 1


def test_the_hash_changes_with_any_cell_and_not_with_order_or_file(source, study):
    lines = GOOD.splitlines(keepends=True)
    first = plan(source, study, HEAD + GOOD)[0]["plan_hash"]
    assert plan(source, study, HEAD + "".join(reversed(lines)))[0]["plan_hash"] == first
    spelled = GOOD.replace("confirmatory,,", "confirmatory,0.05,1")
    assert plan(source, study, HEAD + spelled)[0]["plan_hash"] == first
    assert plan(source, study, HEAD + GOOD.replace("0.01", "0.02"))[0]["plan_hash"] != first


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("B_vs_A,B,A", "B_vs_A,B,"), "`denominator_group` is blank"),
        (("B_vs_A,B,A", "B_vs_A,A,A"), "`A` is compared with itself"),
        (("B_vs_A,B,A", "B_vs_A,B,C"), "share no patients"),
        (("positive,negative,er", "positive,unsure,er"), "`unsure` is not declared"),
        (("visit=baseline", "visit:baseline"), "`visit:baseline` is no restriction"),
        ((",baseline,,vas", ",,,vas"), "`visit` is blank"),
        (("vas_pain_0_10", "age_years"), "`age_years` is not declared"),
        (("0.01,1.5", "0,1.5"), "alpha (cell O3): 0 is out of range"),
        (("0.01,1.5", "0.01,0.5"), "0.5 is out of range"),
        (("er,contrast", "b_vs_a,contrast"), "analysis_id `b_vs_a` stands 2 times"),
        (("paper,exploratory", "papers,exploratory"), "`papers` is not declared"),
        (("correct,confirmatory", "correct,sure"), "`sure` is not declared"),
        (("all,omnibus", "all,omnibux"), "`omnibux` is not declared"),
    ],
)
def test_a_bad_cell_is_named(source, study, change, words):
    assert change[0] in GOOD
    with pytest.raises(RefusedError) as caught:
        plan(source, study, HEAD + GOOD.replace(*change, 1))
    assert words in str(caught.value)
    assert "plan.csv, line " in str(caught.value)


def test_an_alpha_that_is_no_number_refuses_the_plan_and_sets_no_row_aside(source, study):
    with pytest.raises(RefusedError) as caught:
        plan(source, study, HEAD + GOOD.replace("0.01,1.5", "five percent,1.5"))
    assert "alpha (cell O3): `five percent` is not a number" in str(caught.value)
    assert "correct the cell" in str(caught.value)
    assert "quarantine" not in str(caught.value)


def test_an_unknown_column_is_refused(source, study):
    with pytest.raises(RefusedError, match="unknown column `primary`"):
        plan(source, study, "analysis_id,kind,contrast_id,family,primary_method,primary\n")
