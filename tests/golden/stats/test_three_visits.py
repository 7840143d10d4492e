"""Three visits, two centres, four groups, incomplete pairs: the whole plan, as it is proposed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from contracts import from_rows
from contracts.plans import BY_TARGET
from contracts.raw import PLAN
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.plan import read_plan, stored_plan
from prepare.planning.forecasting import check_plan, study_of
from prepare.planning.people import People, people_of
from prepare.planning.suggesting import Suggested, plan_text, suggest_plan
from simulate.design import Design
from simulate.model import draw_model
from simulate.serum import is_true_target
from simulate.study import write_study
from stats import run, run_predictions
from stats.prediction.settings import Settings
from store.home import Home

# One worker makes the study, for all of these.
pytestmark = pytest.mark.xdist_group("three_visits")

DESIGN = Design(patients=22, controls=10, targets=24, visits=3, centres=2, missing_follow_up=2,
                missed_visits=4, study_id="three-visits")  # fmt: skip
FEW = Settings(n_repeats=2, n_bootstraps=3, n_permutations=5, n_permutation_repeats=1)


@dataclass(frozen=True)
class Walk:
    """The study, what the plan check told of it, and what the statistics then gave."""

    people: People
    told: dict
    plan: dict
    tests: list
    outcomes: list
    odds: list
    models: list
    predictions: list


@pytest.fixture(scope="module")
def walk(tmp_path_factory) -> Walk:
    folder = tmp_path_factory.mktemp("three-visits") / "study"
    nowhere = Home(folder.parent / "home")
    write_study(folder, DESIGN)
    study = study_of(folder)
    people = people_of(nowhere, folder, study.study_id)
    # Too few respond here for a suggestion: PR, which everybody has, stands in.
    foretold = Suggested("pr", "prediction", visit="baseline", outcome="pr", event="positive",
                         family="prediction", primary_method="ridge_logistic")  # fmt: skip
    proposed = suggest_plan(study, people)
    text = plan_text(replace(proposed, rows=(*proposed.rows, foretold)))
    (folder / "plan.csv").write_text(text, encoding="utf-8")
    told = {f.analysis.analysis_id: f for f in check_plan(nowhere, folder).forecasts}
    sheet = read_sheet(SourceFile.from_path(folder / "plan.csv"), "plan")
    own = {"study_id": study.study_id, "file_sha256": ""}
    rows = [{**r, **own} for r in stored_plan(read_plan(sheet, study))]
    done = run.run_plan(
        levels(people), people.samples, people.outcomes, from_rows(rows, PLAN),
        patients=people.patients, n_permutations=50,
    )  # fmt: skip
    plan = from_rows(rows, PLAN)
    models = run_predictions.prediction_models(
        levels(people), people.samples, plan, patients=people.patients, settings=FEW
    )
    return Walk(
        people, told, {r["analysis_id"]: r for r in rows},
        done.tests.to_pylist(), done.outcome_tests.to_pylist(),
        run.odds_ratios(people.outcomes, people.patients, plan).to_pylist(), models.to_pylist(),
        run_predictions.predictions(levels(people), people.samples, plan, models).to_pylist(),
    )  # fmt: skip


def levels(people: People) -> pa.Table:
    """Return the true levels of the samples that were drawn."""
    model = draw_model(DESIGN)
    drawn = set(people.sheet.sample_ids)
    targets = [t.target_id for t in model.panel.analytes]
    return pa.Table.from_pylist(
        [
            {"study_id": DESIGN.name, "sample_id": model.sample_id(seat), "analyte_id": target,
             "variant_id": "true", "level_log2": float(model.level_log2[i, j]),
             "is_primary_variant": True}
            for i, seat in enumerate(model.seating.seats)
            if not seat.is_empty and model.sample_id(seat) in drawn
            for j, target in enumerate(targets)
        ]
    )  # fmt: skip


def primary(walk, analysis_id):
    return [r for r in walk.tests if r["analysis_id"] == analysis_id and r["is_primary"]]


def test_the_study_is_what_it_is_meant_to_be(walk):
    columns = walk.people.sheet.columns
    assert len(set(columns["visit"])) == 3
    assert len(set(columns["centre_id"])) == 2
    assert sorted(set(columns["group_code"])) == ["A", "B", "B2", "C"]
    by_patient: dict[str, int] = {}
    for patient, group in zip(columns["patient_id"], columns["group_code"], strict=True):
        if group != "C":
            by_patient[patient] = by_patient.get(patient, 0) + 1
    assert sorted(by_patient.values()) == [1] * 2 + [2] * 4 + [3] * 16


def test_every_analysis_of_the_plan_is_answered_for_every_target(walk):
    for analysis_id, row in walk.plan.items():
        if row["kind"] not in BY_TARGET:
            continue
        found = primary(walk, analysis_id)
        assert len(found) == DESIGN.targets, analysis_id
        assert {r["method"] for r in found} == {row["primary_method"]}
        assert all(r["p_value"] is not None for r in found), analysis_id
    for kind, answers in (("outcome", walk.outcomes), ("odds_ratio", walk.odds)):
        asked = {a for a, r in walk.plan.items() if r["kind"] == kind}
        assert asked
        assert {r["analysis_id"] for r in answers if r["is_primary"]} == asked
    asked = {a for a, r in walk.plan.items() if r["kind"] == "prediction"}
    assert asked
    assert {r["analysis_id"] for r in walk.models} == asked
    assert len(walk.predictions) == DESIGN.targets * len(asked)
    assert all(r["reason"] for r in walk.models if r["auc_cv"] is None)
    assert all(r["reason"] for r in walk.tests if r["p_value"] is None)


def test_who_enters_is_what_was_told_before(walk):
    for analysis_id, row in walk.plan.items():
        told = walk.told[analysis_id]
        if row["kind"] == "outcome":
            (found,) = [r for r in walk.outcomes
                        if r["analysis_id"] == analysis_id and r["is_primary"]]  # fmt: skip
            assert (found["n_pairs"], found["n_missing"]) == (told.n_pairs, told.n_dropped)
            continue
        if row["kind"] == "odds_ratio":
            (found,) = [r for r in walk.odds
                        if r["analysis_id"] == analysis_id and r["is_primary"]]  # fmt: skip
            entered = found["n_persons"] - found["n_missing"]
            assert (entered, found["n_missing"]) == (told.n_pairs, told.n_dropped)
            continue
        if row["kind"] == "prediction":
            (model,) = [m for m in walk.models if m["analysis_id"] == analysis_id]
            lost = model["n_without_outcome"] + model["n_without_sample"]
            sizes = [g.n_samples for g in told.groups]
            assert (model["n_persons"], lost) == (sum(sizes), told.n_dropped)
            continue
        for found in primary(walk, analysis_id):
            if row["kind"] in ("contrast", "equivalence") and row["pairing"] == "independent":
                sizes = [g.n_samples for g in told.groups]
                assert [found["n_numerator"], found["n_denominator"]] == sizes
            elif row["kind"] == "contrast":
                assert (found["n_pairs"], found["n_dropped"]) == (told.n_pairs, told.n_dropped)
            elif row["kind"] == "omnibus":
                assert found["n_numerator"] == sum(g.n_samples for g in told.groups)
            else:
                assert found["n_numerator"] == told.n_pairs, analysis_id
    incomplete = [t.n_dropped for t in walk.told.values() if t.analysis.pairing == "patient"]
    assert max(incomplete) >= 2


def test_the_models_tell_all_six_pairs_of_four_groups_in_the_plans_direction(walk):
    pairs = {r["contrast_id"] for r in walk.tests
             if r["analysis_id"] == "all_groups" and r["method"] == "mixed_model"}  # fmt: skip
    assert pairs == {"all", "A_vs_C", "B_vs_C", "B2_vs_C", "B_vs_A", "B2_vs_A", "B2_vs_B"}


@pytest.mark.parametrize(
    ("row", "column", "arms", "keep"),
    [
        ("er,contrast,er,positive,negative,er,,baseline,,,f,welch_t",
         "er", ("positive", "negative"), {"visit": "baseline"}),
        ("age,contrast,age,under_60,60_and_over,age_class,cohort=patient,follow_up,,,f,mann_whitney",
         "age_class", ("under_60", "60_and_over"), {"visit": "follow_up", "cohort": "patient"}),
        ("centre,contrast,centre,huzhou-synthetic,centre-2-synthetic,centre_id,"
         "t_stage=T1 & cohort=patient,follow_up_2,,,f,welch_t",
         "centre_id", ("huzhou-synthetic", "centre-2-synthetic"),
         {"visit": "follow_up_2", "cohort": "patient", "t_stage": "T1"}),
        ("her2,contrast,her2,positive,negative,her2,,baseline,,age_years,f,moderated_t",
         "her2", ("positive", "negative"), {"visit": "baseline"}),
    ],
)  # fmt: skip
def test_any_declared_column_forms_groups_within_any_other(walk, tmp_path, row, column, arms, keep):
    head = ("analysis_id,kind,contrast_id,numerator_group,denominator_group,grouping,subset,visit,"
            "pairing,covariates,family,primary_method\n")  # fmt: skip
    write_study(tmp_path, DESIGN)
    study = study_of(tmp_path)
    sheet = read_sheet(SourceFile.from_bytes(Path("plan.csv"), (head + row).encode()), "plan")
    (stored,) = stored_plan(read_plan(sheet, study))
    plan = from_rows([{**stored, "study_id": study.study_id, "file_sha256": ""}], PLAN)
    people = walk.people
    tests = run.test_results(levels(people), people.samples, people.outcomes, plan).to_pylist()
    columns = people.sheet.columns
    expected = [
        sum(columns[column][i] == arm and all(columns[k][i] == v for k, v in keep.items())
            for i in range(len(people.sheet.sample_ids)))
        for arm in arms
    ]  # fmt: skip
    assert min(expected) >= 1
    for found in (r for r in tests if r["is_primary"]):
        assert [found["n_numerator"], found["n_denominator"]] == expected


def test_independent_arms_have_an_adjusted_test_beside_the_primary_one(walk):
    for analysis_id in ("A_vs_C", "B_vs_C", "B2_vs_C"):
        adjusted = [r for r in walk.tests if r["analysis_id"] == analysis_id
                    and r["method"] == "moderated_t" and r["stratum"]]  # fmt: skip
        assert {r["stratum"] for r in adjusted} == {"adjusted:age_years, centre_id"}
        assert not any(r["is_primary"] for r in adjusted)


def test_treated_are_told_from_the_healthy_or_not(walk):
    for analysis_id in ("equivalence_B_vs_C", "equivalence_B2_vs_C"):
        verdicts = {r["verdict"] for r in primary(walk, analysis_id)}
        assert verdicts <= {"different", "equivalent", "both", "undetermined"}
        assert len(verdicts) > 1


def test_what_is_true_is_found(walk):
    model = draw_model(DESIGN)
    names = [t.target_id for t in model.panel.analytes]
    for analysis_id, arms in (("B_vs_A", ("B", "A")), ("B2_vs_A", ("B2", "A"))):
        change = model.serum.true_log2fc(*arms)
        true = {n for n, t in zip(names, is_true_target(change), strict=True) if t}
        found = {r["analyte_id"]: r for r in primary(walk, analysis_id)}
        hits = {n for n, r in found.items() if r["p_adjusted"] < 0.05}
        assert len(true) >= 4
        assert len(hits & true) >= 0.8 * len(true)
        errors = [found[n]["estimate"] - c for n, c in zip(names, change, strict=True)]
        assert np.median(np.abs(errors)) < 0.15


@pytest.mark.slow
def test_the_whole_road(tmp_path: Path, cytomart):
    folder, home = tmp_path / "study", tmp_path / "home"
    write_study(folder, DESIGN)
    assert cytomart(home, "plan", "suggest", str(folder), "--force").code == 0
    done = cytomart(home, "run", str(folder))
    assert done.code == 0, done.out + done.err
    query = ("select analysis_id, count(*) as n, count(p_value) as n_told from "
             "stats.fct_test_results where is_primary and variant_id = 'subtract_median' "
             "group by all order by all")  # fmt: skip
    told = cytomart(home, "sql", query).out
    for name in ("B2_vs_B", "all_groups", "equivalence_B2_vs_C", "change_qol_unnamed_follow_up_2"):
        assert f"{name} " in told
    page = (home / "reports" / "latest.html").read_text(encoding="utf-8")
    assert "nothing of it was changed" in page
