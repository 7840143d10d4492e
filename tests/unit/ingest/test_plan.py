"""The plan: typed rows, one hash, every bad cell at once."""

from __future__ import annotations

import pytest

from ingest.declared.study_toml import read_study
from ingest.faults import RefusedError
from ingest.files.tables import read_sheet
from ingest.plan import judge_plan, read_plan, stored_plan

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
        (("0.01,1.5", "0,1.5"), "alpha (cell O3): alpha is 0. Allowed: between 0 and 1"),
        (("0.01,1.5", "0.01,0.5"), "min_abs_fold_change is 0.5. Allowed: 1 or more"),
        (("er,contrast", "b_vs_a,contrast"), "analysis_id `b_vs_a` stands 2 times"),
        (("paper,exploratory", "papers,exploratory"), "`papers` is not declared"),
        (("correct,confirmatory", "correct,sure"), "`sure` is not declared"),
        (("all,omnibus", "all,omnibux"), "`omnibux` is not declared"),
        (
            ("paired_t", "welch_t"),
            "primary_method (cell L2): primary_method is 'welch_t' for kind "
            "contrast, mode correct, pairing patient. Allowed: paired_t, moderated_t, treat, "
            "wilcoxon_signed_rank",
        ),
        (("er,visit=baseline", "er,stage=T1"), "`stage` is no column to restrict by"),
        (
            ("visit=baseline", "visit=later"),
            "subset (cell G3): `visit` has no value `later`. Allowed: baseline, follow_up",
        ),
        (("visit=baseline", "visit=baseline &"), "with & between several"),
        (("positive,negative,er", "spine,limb,sites"), "`sites` is not declared"),
        (
            ("all,omnibus,all,,,", "all,omnibus,all,A,,"),
            "numerator_group is 'A', which kind omnibus does not use",
        ),
        (
            ("pain,correlation", "pain,change_correlation"),
            "visit (cell H5): `baseline` is not after the baseline. Allowed: follow_up",
        ),
    ],
)
def test_a_bad_cell_is_named(source, study, change, words):
    assert change[0] in GOOD
    with pytest.raises(RefusedError) as caught:
        plan(source, study, HEAD + GOOD.replace(*change, 1))
    assert words in str(caught.value)
    assert "plan.csv, line " in str(caught.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("o,outcome,,,screening,patient,{vas},,pain,paired_t", "not after the baseline"),
        ("c,change_correlation,c,,screening,,{vas},,pain,change_on_change", "not after the baseline"),
        ("r,odds_ratio,,,screening,patient,{vas},>=4,pain,mcnemar_odds_ratio",
         "not after the baseline"),
        ("p,prediction,,cohort=patient,screening,,er,positive,pain,ridge_logistic",
         "not the baseline"),
        ("g,correlation,g,,screening,,{vas},,pain,pearson", ""),
    ],
)  # fmt: skip
def test_a_screening_visit_is_no_follow_up(source, toml_text, row, words):
    screening = '[[visits]]\ncode = "screening"\nlabel = "Screening"\n'
    given = toml_text.replace("[[visits]]", f"{screening}[[visits]]", 1)
    study = read_study(source(given, "study.toml"))
    head = ("analysis_id,kind,contrast_id,subset,visit,pairing,outcome,event,family,"
            "primary_method\n")  # fmt: skip
    parsed = judge_plan(
        read_sheet(source(head + row.format(vas="vas_pain_0_10") + "\n", "plan.csv"), "plan"), study
    )
    said = " ".join(str(f.problem) for f in parsed.faults)
    assert (f"`screening` is {words}" in said) if words else not said
    if words:
        allowed = "baseline" if "prediction" in row else "follow_up"
        assert f"Allowed: {allowed}." in said


COVARIATES = HEAD.replace("pairing,", "pairing,covariates,")


def covariate_row(names, *, pairing="", method="welch_t"):
    return (f"a,contrast,a,{'B,A' if pairing else 'A,C'},group_code,,,{pairing},{names},,f,"
            f"{method},,,,\n")  # fmt: skip


def test_covariates_are_columns_of_the_study(source, study):
    names = '"age_years, er ,centre_id,collected_day"'
    (row,) = plan(source, study, COVARIATES + covariate_row(names))
    assert row["covariates"] == "age_years,er,centre_id,collected_day"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("bmi", "`bmi` is no column that can be adjusted for. Allowed: age_years"),
        ("sites", "a person can have several values of `sites`"),
        ("group_code", "group_code forms the groups themselves"),
    ],
)
def test_what_cannot_be_adjusted_for_is_refused(source, study, names, words):
    with pytest.raises(RefusedError) as caught:
        plan(source, study, COVARIATES + covariate_row(names))
    assert "column covariates (cell J2)" in str(caught.value)
    assert words in str(caught.value)


def test_numbers_of_study_toml_are_covariates(source, toml_text):
    numbers = "".join(
        f'\n[[measures]]\nid = "{name}"\nlabel = "x"\nunit = "d"\nmin = 0\nmax = 9\nof = "{of}"\n'
        for name, of in (("bmi", "patients"), ("storage", "samples"))
    )
    study = read_study(source(toml_text + numbers, "study.toml"))
    (row,) = plan(source, study, COVARIATES + covariate_row('"bmi,storage"'))
    assert row["covariates"] == "bmi,storage"
    pairs = covariate_row("storage", pairing="patient", method="moderated_t")
    assert plan(source, study, COVARIATES + pairs)
    with pytest.raises(RefusedError, match="`bmi` is the same in both samples of a person"):
        plan(source, study, COVARIATES + pairs.replace("storage", "bmi"))
    with pytest.raises(RefusedError, match="`bmi` is not declared"):
        plan(source, study, HEAD + GOOD.replace("positive,negative,er", "a,b,bmi"))


@pytest.mark.parametrize("name", ["age_years", "er", "centre_id", "cohort", "age_class"])
def test_what_a_person_keeps_cancels_in_pairs(source, study, name):
    row = covariate_row(name, pairing="patient", method="moderated_t")
    with pytest.raises(RefusedError) as caught:
        plan(source, study, COVARIATES + row)
    assert f"`{name}` is the same in both samples of a person" in str(caught.value)
    assert "Allowed: collected_day" in str(caught.value)
    assert plan(source, study, COVARIATES + row.replace(f",{name},", ",slide_id,"))


def test_scores_are_restricted_by_persons_and_sites_and_not_by_samples(source, study):
    head = "analysis_id,kind,contrast_id,subset,visit,pairing,outcome,family,primary_method\n"
    row = "p,outcome,all,{},follow_up,patient,vas_pain_0_10,f,wilcoxon_signed_rank\n"
    (stored,) = plan(source, study, head + row.format("site_id = spine & er=positive"))
    assert stored["subset"] == "er=positive&site_id=spine"
    with pytest.raises(RefusedError, match="`slide_id` is no column to restrict by"):
        plan(source, study, head + row.format("slide_id=S1"))
    with pytest.raises(RefusedError, match="`baseline` is not after the baseline"):
        plan(source, study, head + row.format("").replace("follow_up", "baseline"))


def test_a_comment_fixes_nothing(source, study):
    rows = plan(source, study, HEAD + GOOD)
    head = HEAD.replace("\n", ",comment\n")
    said = plan(source, study, head + GOOD.replace("\n", ",why it is asked\n"))
    assert said == rows


def test_every_bad_row_is_reported_at_once(source, study):
    text = GOOD.replace("paired_t", "tost").replace("0.01", "7").replace("pearson", "welch_t")
    with pytest.raises(RefusedError) as caught:
        plan(source, study, HEAD + text)
    lines = [str(f.problem).split(", column")[0] for f in caught.value.faults]
    assert lines == ["plan.csv, line 2", "plan.csv, line 3", "plan.csv, line 5"]


def test_an_alpha_that_is_no_number_refuses_the_plan_and_sets_no_row_aside(source, study):
    with pytest.raises(RefusedError) as caught:
        plan(source, study, HEAD + GOOD.replace("0.01,1.5", "five percent,1.5"))
    assert "alpha (cell O3): `five percent` is not a number" in str(caught.value)
    assert "correct the cell" in str(caught.value)
    assert "quarantine" not in str(caught.value)


def test_an_unknown_column_is_refused(source, study):
    with pytest.raises(RefusedError, match="unknown column `primary`"):
        plan(source, study, "analysis_id,kind,contrast_id,family,primary_method,primary\n")
