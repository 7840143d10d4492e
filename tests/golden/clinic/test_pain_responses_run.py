"""A study that compares responders with non-responders: from its folder to the answer."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from simulate.design import Design
from simulate.study import write_study

pytestmark = pytest.mark.xdist_group("dbt")

PLAN = (
    "analysis_id,kind,contrast_id,numerator_group,denominator_group,grouping,visit,family,"
    "primary_method,pairing,outcome,subset\n"
    "by_response,contrast,responder_vs_not,responder,non_responder,pain_responder@follow_up,"
    "baseline,response,welch_t,independent,,\n"
    "by_pain,contrast,by_pain_alone,responder,non_responder,pain_only_responder@follow_up,"
    "baseline,response,welch_t,independent,,\n"
    "quality,outcome,all,,,,follow_up,scores,paired_t,patient,qol_unnamed,"
    "pain_responder@follow_up=responder\n"
)


@dataclass(frozen=True)
class Run:
    """Who has no dose at follow-up, whose drugs are known, what the plan check told, and the published file after."""

    silent: str
    by_drugs: str
    told: dict
    con: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def done(tmp_path_factory, cytomart):
    folder = tmp_path_factory.mktemp("responses") / "study"
    write_study(folder, Design(patients=24, controls=0, targets=12, missing_follow_up=3,
                               study_id="responses"), platform="olink")  # fmt: skip
    (folder / "plan.csv").write_text(PLAN, encoding="utf-8")
    silent, by_drugs = silence_doses(folder)
    write_drugs(folder, by_drugs)
    home = folder.parent / "home"
    told = cytomart(home, "--json", "plan", "check", str(folder))
    assert told.code == 0, told.out + told.err
    ran = cytomart(home, "run", str(folder))
    assert ran.code == 0, ran.out + ran.err
    assert "analgesics.csv" in ran.out
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        analyses = {a["analysis_id"]: a for a in json.loads(told.out)["analyses"]}
        yield Run(silent, by_drugs, analyses, con)


def silence_doses(folder: Path) -> tuple[str, str]:
    """Blank the follow-up dose of one patient who came back, all doses of another."""
    path = folder / "assessments.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    silent, by_drugs = list(dict.fromkeys(
        r["patient_id"] for r in rows if r["visit"] == "follow_up"))[:2]  # fmt: skip
    for row in rows:
        if row["patient_id"] == by_drugs or (row["patient_id"], row["visit"]) == (
            silent, "follow_up"):  # fmt: skip
            row["omed_mg"] = ""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return silent, by_drugs


def write_drugs(folder: Path, patient: str) -> None:
    """Give a patient's analgesics drug by drug, with a factor of the study's own."""
    (folder / "analgesics.csv").write_text(
        "patient_id,visit,drug,route,dose,dose_unit\n"
        f"{patient},baseline,Oxycodone,oral,20,\n{patient},baseline,fentanyl,transdermal,25,mcg/hour\n"
        f"{patient},follow_up,morphine,subcutaneous,10,mg/day\n{patient},nowhere,morphine,oral,10,\n",
        encoding="utf-8",
    )
    with (folder / "study.toml").open("a", encoding="utf-8") as stream:
        stream.write(
            '\n[[opioids]]\ndrug = "morphine"\nroute = "subcutaneous"\nfactor = 2\n'
            'source = "the ward\'s own table"\n'
        )


def sizes(done: Run, condition: str) -> tuple[int, int]:
    return done.con.execute(
        f"select count(*) filter (where {condition}), count(*) filter (where not {condition}) "
        "from marts.fct_pain_responses where is_index_site and is_response_instrument "
        "and is_evaluable" + (" and is_dose_known" if condition == "is_responder" else "")
    ).fetchone()


@pytest.mark.parametrize(("analysis", "condition"), [("by_response", "is_responder"),
                                                     ("by_pain", "is_pain_only_responder")])  # fmt: skip
def test_the_arms_are_the_responders_and_the_others(done, analysis, condition):
    found = done.con.execute(
        "select distinct n_numerator, n_denominator from stats.fct_test_results "
        "where analysis_id = ? and method = 'welch_t' and p_value is not null", [analysis]
    ).fetchall()  # fmt: skip
    assert found == [sizes(done, condition)]
    assert min(found[0]) >= 3
    told = done.told[analysis]["groups"]
    assert [g["n_samples"] for g in told] == list(found[0])


def test_who_lacks_a_follow_up_or_a_dose_has_no_class(done):
    assert sum(sizes(done, "is_pain_only_responder")) == 21
    assert sum(sizes(done, "is_responder")) == 20
    assert done.con.execute(
        "select response like 'pain_only_%', reason like '%at this visit no dose is recorded%' "
        "from marts.fct_pain_responses where patient_id = ?", [done.silent]
    ).fetchone() == (True, True)  # fmt: skip
    assert done.con.execute(
        "select count(*) from marts.fct_pain_responses where not_evaluable_because = "
        "'no_follow_up' and not is_responder"
    ).fetchone() == (3,)  # fmt: skip


def test_scores_can_be_those_of_responders(done):
    n_responders = sizes(done, "is_responder")[0]
    assert done.con.execute(
        "select distinct n_pairs from stats.fct_outcome_tests where analysis_id = 'quality'"
    ).fetchall() == [(n_responders,)]  # fmt: skip
    assert done.told["quality"]["n_pairs"] == n_responders


def test_groups_of_pain_response_have_fold_changes(done):
    n_rows, n_arms = done.con.execute(
        "select count(*), count(distinct (n_numerator, n_denominator)) "
        "from marts.fct_fold_changes where contrast_id = 'responder_vs_not'"
    ).fetchone()
    assert (n_rows, n_arms) == (12, 1)


def test_drugs_make_the_dose_that_nobody_stated(done):
    assert done.con.execute(
        "select baseline_omed_mg::double, omed_mg::double, is_dose_known "
        "from marts.fct_pain_responses where patient_id = ?", [done.by_drugs]
    ).fetchall() == [(20 * 1.5 + 25 * 2.4, 20.0, True)]  # fmt: skip
    assert done.con.execute(
        "select role, n_rows_loaded, n_rows_quarantined from raw.files where role = 'analgesics'"
    ).fetchall() == [("analgesics", 3, 1)]  # fmt: skip
