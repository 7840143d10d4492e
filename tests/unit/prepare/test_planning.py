"""A plan is proposed from the samples, and what it can show is told; nothing is stored."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from contracts import CytomartError
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.plan import read_plan
from prepare.planning.forecasting import check_plan, study_of
from prepare.planning.people import people_of
from prepare.planning.suggesting import plan_text, suggest_plan
from simulate.design import Design
from simulate.study import write_study
from stats.smallest import Spread
from store.home import Home


@pytest.fixture(scope="session")
def three_visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10 patients with three visits (2 came once) and 6 controls, from two centres."""
    folder = tmp_path_factory.mktemp("three-visits") / "study"
    write_study(folder, Design(patients=10, controls=6, targets=12, visits=3, centres=2,
                               missing_follow_up=2, study_id="three"))  # fmt: skip
    return folder


@pytest.fixture
def folder(three_visits: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "study"
    shutil.copytree(three_visits, copy)
    return copy


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def edit(path: Path, change) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def suggested(home: Home, folder: Path) -> dict[str, dict[str, str]]:
    study = study_of(folder)
    text = plan_text(suggest_plan(study, people_of(home, folder, study.study_id)))
    # What is proposed is a plan that loads.
    read_plan(read_sheet(SourceFile.from_bytes(Path("plan.csv"), text.encode()), "plan"), study)
    return {r["analysis_id"]: r for r in csv.DictReader(io.StringIO(text))}


def test_every_pair_of_groups_is_compared_by_what_they_share(home, folder):
    rows = suggested(home, folder)
    contrasts = {k: r for k, r in rows.items() if r["kind"] == "contrast"}
    assert {k: (r["pairing"], r["primary_method"], r["status"]) for k, r in contrasts.items()} == {
        "B_vs_A": ("patient", "moderated_t", "confirmatory"),
        "B2_vs_A": ("patient", "moderated_t", "confirmatory"),
        "B2_vs_B": ("patient", "moderated_t", "exploratory"),
        "A_vs_C": ("independent", "welch_t", "confirmatory"),
        "B_vs_C": ("independent", "welch_t", "confirmatory"),
        "B2_vs_C": ("independent", "welch_t", "confirmatory"),
    }
    assert {r["covariates"] for r in contrasts.values() if r["pairing"] == "patient"} == {""}
    assert rows["A_vs_C"]["covariates"] == "age_years,centre_id"
    assert rows["all_groups"]["primary_method"] == "mixed_model"
    assert rows["all_groups"]["pairing"] == "patient"


def test_each_row_says_of_whom_and_why(home, folder):
    rows = suggested(home, folder)
    assert all(r["comment"] for r in rows.values())
    assert rows["B_vs_A"]["comment"] == (
        "8 patients have both samples: moderated t on the differences within patients; "
        "2 cannot enter"
    )
    assert "(10 v 6)" in rows["A_vs_C"]["comment"]
    assert "adjusted for age_years, centre_id" in rows["A_vs_C"]["comment"]
    assert "8 patients with both scores" in rows["vas_pain_0_10_follow_up"]["comment"]


def test_treated_are_compared_with_healthy_for_equivalence(home, folder):
    rows = suggested(home, folder)
    tost = {k: r for k, r in rows.items() if r["kind"] == "equivalence"}
    assert set(tost) == {"equivalence_B_vs_C", "equivalence_B2_vs_C"}
    assert {r["min_abs_fold_change"] for r in tost.values()} == {"1.5"}
    assert tost["equivalence_B_vs_C"]["contrast_id"] == "B_vs_C"


def test_scores_are_asked_at_each_visit_that_has_them(home, folder):
    rows = suggested(home, folder)
    asked = {(r["kind"], r["outcome"], r["visit"]) for r in rows.values() if r["outcome"]}
    scales, later = ("vas_pain_0_10", "qol_unnamed"), ("follow_up", "follow_up_2")
    assert asked == {
        *(("outcome", s, v) for s in scales for v in later),
        *(("change_correlation", s, v) for s in scales for v in later),
        *(("correlation", s, v) for s in scales for v in ("baseline", *later)),
        *(("odds_ratio", "vas_pain_0_10", v) for v in later),
    }
    odds = rows["odds_vas_pain_0_10_follow_up"]
    assert (odds["event"], odds["pairing"], odds["primary_method"]) == (
        ">=4", "patient", "mcnemar_odds_ratio",
    )  # fmt: skip
    assert "8 patients with both scores" in odds["comment"]
    (folder / "assessments.csv").unlink()
    assert not [r for r in suggested(home, folder).values() if r["outcome"]]


def test_a_screening_visit_is_asked_nothing_that_only_a_follow_up_can_answer(home, tmp_path):
    folder = tmp_path / "screened"
    write_study(folder, Design(patients=30, controls=4, targets=12))
    toml = folder / "study.toml"
    screening = '[[visits]]\ncode = "screening"\nlabel = "Screening"\n\n[[visits]]'
    text = toml.read_text(encoding="utf-8").replace("[[visits]]", screening, 1)
    toml.write_text(text, encoding="utf-8")
    edit(folder / "assessments.csv", lambda rows: rows.extend(
        [{**r, "visit": "screening", "assessed_on": ""} for r in rows if r["visit"] == "baseline"]
    ))  # fmt: skip
    people = people_of(home, folder, study_of(folder).study_id)
    scored = {(r["visit"], r["is_follow_up"]) for r in people.outcomes.to_pylist()}
    assert scored == {("screening", False), ("baseline", False), ("follow_up", True)}
    responses = {c for c in people.patients.column_names if "responder@" in c}
    assert responses == {"pain_responder@follow_up", "pain_only_responder@follow_up"}
    asked = {r["kind"] for r in suggested(home, folder).values() if r["visit"] == "screening"}
    assert asked <= {"correlation"}


def test_pain_response_is_predicted_where_there_are_persons_enough(home, folder, tmp_path):
    study = study_of(folder)
    few = suggest_plan(study, people_of(home, folder, study.study_id))
    assert not [r for r in few.rows if r.kind == "prediction"]
    assert any("smaller class" in reason for reason in few.left_out)
    write_study(tmp_path / "many", Design(patients=30, controls=4, targets=12))
    rows = suggested(home, tmp_path / "many")
    (row,) = (r for r in rows.values() if r["kind"] == "prediction")
    assert (row["outcome"], row["event"], row["visit"], row["subset"]) == (
        "pain_responder@follow_up", "responder", "baseline", "cohort=patient",
    )  # fmt: skip
    assert "tell who will be 'responder' (" in row["comment"]
    assert row["comment"].endswith("exploratory")


def test_a_centre_or_age_that_is_not_known_of_everyone_is_no_covariate(home, folder):
    def one_centre_of_controls(rows):
        for row in rows:
            if row["cohort"] == "control":
                row["centre_id"] = rows[0]["centre_id"]
        rows[0]["age_years"] = ""

    edit(folder / "patients.csv", one_centre_of_controls)
    rows = suggested(home, folder)
    assert rows["A_vs_C"]["covariates"] == ""


def test_before_there_are_samples_study_toml_says_who_shares_patients(home, folder):
    (folder / "samples.csv").unlink()
    rows = suggested(home, folder)
    assert rows["B_vs_A"]["pairing"] == "patient"
    assert rows["A_vs_C"]["pairing"] == "independent"


def test_the_check_tells_who_enters_and_names_bad_cells_at_once(home, folder):
    def spoil(rows):
        rows[0]["primary_method"] = "guess"
        rows[1]["alpha"] = "7"

    found = check_plan(home, folder)
    assert (found.exit_code, found.problems, found.n_targets) == (0, (), 12)
    told = {t.analysis.analysis_id: t for t in found.forecasts}
    assert (told["b_vs_a"].n_pairs, told["b_vs_a"].n_dropped) == (8, 2)
    edit(folder / "plan.csv", spoil)
    found = check_plan(home, folder)
    assert found.exit_code == 1
    assert [p.where for p in found.problems] == [
        "plan.csv, line 2, column primary_method (cell N2)",
        "plan.csv, line 3, column alpha (cell Q3)",
    ]
    assert {t.analysis.analysis_id for t in found.forecasts} == set(told) - {"a_vs_c", "b_vs_c"}
    assert not home.root.exists()


def test_an_analysis_that_the_samples_do_not_allow_is_named(home, folder):
    def unpaired(rows):
        row = next(r for r in rows if r["analysis_id"] == "b_vs_a")
        row.update(pairing="independent", primary_method="welch_t")
        rows.append({**rows[0], "analysis_id": "again"})

    edit(folder / "plan.csv", unpaired)
    found = check_plan(home, folder)
    told = {t.analysis.analysis_id: t.problems for t in found.forecasts}
    assert "share patients" in told["b_vs_a"][0]
    assert ["contrast A_vs_C is planned 2 times in correct mode" in str(p) for p in
            found.problems] == [True]  # fmt: skip
    assert found.problems[0].where.startswith("plan.csv, line 2")
    assert found.exit_code == 1


def test_a_declared_number_may_be_planned_before_its_values_arrive(home, folder):
    toml = folder / "study.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8") + '\n[[measures]]\nid = "bmi"\nlabel = "BMI"\n'
        'unit = "kg/m2"\nmin = 10\nmax = 80\n', encoding="utf-8",
    )  # fmt: skip
    edit(folder / "patients.csv", lambda rows: [r.update(bmi="") for r in rows])
    edit(folder / "plan.csv", lambda rows: rows[0].update(covariates="bmi",
                                                          primary_method="moderated_t"))  # fmt: skip
    found = check_plan(home, folder)
    assert (found.problems, found.hindrances) == ((), ())
    told = found.forecasts[0]
    assert (told.problems, told.n_dropped) == ((), 16)
    edit(folder / "patients.csv", lambda rows: [r.update(bmi=str(20 + k)) for k, r in
                                                enumerate(rows)])  # fmt: skip
    told = check_plan(home, folder).forecasts[0]
    assert (told.n_dropped, len(told.detectable)) == (0, 2)


def test_a_given_spread_turns_effects_into_folds(home, folder):
    found = check_plan(home, folder, spread=Spread(0.6, 0.4))
    assert found.spread_source == "given"
    effect = next(t for t in found.forecasts if t.analysis.analysis_id == "a_vs_c").detectable[0]
    assert effect.log2 == pytest.approx(0.6 * effect.effect, rel=1e-12)


def test_tables_that_would_be_refused_are_named(home, folder):
    edit(folder / "samples.csv", lambda rows: rows.append(dict(rows[0])))
    found = check_plan(home, folder)
    assert found.exit_code == 1
    assert any("stands 2 times" in str(p) for p in found.hindrances)


def test_a_folder_without_a_plan_says_how_to_get_one(home, folder):
    (folder / "plan.csv").unlink()
    with pytest.raises(CytomartError, match="plan suggest") as caught:
        check_plan(home, folder)
    assert caught.value.exit_code == 2


# ---- the verbs


def test_suggest_never_overwrites_unasked(folder, tmp_path, cytomart):
    home, plan = tmp_path / "home", folder / "plan.csv"
    before = plan.read_bytes()
    done = cytomart(home, "plan", "suggest", str(folder))
    assert done.code == 2
    assert "--force" in done.err
    assert plan.read_bytes() == before
    beside = folder / "plan2.csv"
    assert cytomart(home, "plan", "suggest", str(folder), "--to", str(beside)).code == 0
    printed = cytomart(home, "plan", "suggest", str(folder), "--to", "-")
    assert printed.out == beside.read_text(encoding="utf-8")
    assert "left out: predict_pain_follow_up: " in printed.err
    assert cytomart(home, "plan", "suggest", str(folder), "--to", str(beside)).code == 2
    assert cytomart(home, "plan", "suggest", str(folder), "--force").code == 0
    assert plan.read_bytes() == beside.read_bytes() != before
    assert not home.exists()


def test_check_prints_sizes_and_effects_and_json(folder, tmp_path, cytomart):
    home = tmp_path / "home"
    done = cytomart(home, "plan", "check", str(folder), "--sd", "0.5", "--sd-change", "0.4")
    assert done.code == 0, done.err
    assert "A 10, C 6" in done.out
    assert "0.50 log2 units between persons" in done.out
    found = json.loads(cytomart(home, "--json", "plan", "check", str(folder)).out)
    told = next(a for a in found["analyses"] if a["analysis_id"] == "b_vs_a")
    assert (told["n_pairs"], told["n_dropped"], len(told["detectable"])) == (8, 2, 2)
    assert told["detectable"][0]["log2"] is None
    assert found["spread"]["source"] == "unknown"
    edit(folder / "plan.csv", lambda rows: rows[0].update(kind="guess"))
    done = cytomart(home, "plan", "check", str(folder))
    assert (done.code, "kind (cell B2)" in done.out) == (1, True)
    assert cytomart(home, "plan", "check", str(tmp_path / "none")).code == 2
