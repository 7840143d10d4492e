"""Predictions from the marts and the plan: who enters, what is refused, what stands in the rows."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from contracts import CytomartError, conform
from contracts.predictions import PREDICTION, PREDICTION_CURVES, PREDICTION_MODELS, PREDICTIONS
from stats import run_predictions
from stats.checks import check_designs
from stats.design import read_levels, read_sheet
from stats.methods.auc import auc
from stats.methods.firth_logistic import firth_logistic
from stats.plan import read_plan
from stats.prediction.people import read_people, read_predictors
from stats.prediction.settings import Settings

FEW = Settings(n_repeats=4, n_bootstraps=5, n_permutations=9, n_permutation_repeats=1)


@pytest.fixture
def study(make_study):
    """24 patients, T2 higher in those who answer; P01's answer is unknown, P02 has no baseline."""
    made = make_study(n_patients=24, n_controls=4, n_targets=6, seed=5)
    for row in made.samples:
        number = int(row["patient_id"][1:])
        row["answer"] = None
        if row["cohort"] == "patient" and number != 1:
            row["answer"] = "yes" if number % 2 else "no" if number % 4 else "unclear"
    for row in made.measurements:
        number = int(row["sample_id"][1:3])
        if row["sample_id"].startswith("P") and row["analyte_id"] == "T2" and number % 2:
            row["level_log2"] += 2.0
    made.samples = [s for s in made.samples if s["sample_id"] != "P02-baseline"]
    made.measurements = [m for m in made.measurements if m["sample_id"] != "P02-baseline"]
    return made


@pytest.fixture
def ask(make_plan_row, as_plan):
    def asked(**more):
        row = {"primary_method": "ridge_logistic", "outcome": "answer", "event": "yes",
               "visit": "baseline", **more}  # fmt: skip
        return as_plan([make_plan_row(row.pop("analysis_id", "who"), "prediction", **row)])

    return asked


def compute(study, plan, settings=FEW):
    measurements, samples, _ = study.tables()
    models = run_predictions.prediction_models(measurements, samples, plan, settings=settings)
    targets = run_predictions.predictions(measurements, samples, plan, models)
    return models, targets, run_predictions.prediction_curves(models)


def test_the_tables_conform(study, ask):
    for table, relation in zip(
        compute(study, ask()), (PREDICTION_MODELS, PREDICTIONS, PREDICTION_CURVES), strict=True
    ):
        assert conform(table, relation).equals(table)
        assert table.num_rows
        keys = [tuple(r[k] for k in relation.key) for r in table.to_pylist()]
        assert keys == sorted(set(keys))
    assert {r.name for r in PREDICTION} == {
        "stat_prediction_models", "stat_predictions", "stat_prediction_curves"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("subset", "n"), [("", 2), ("cohort=patient", 2), ("cohort=control", 0), ("visit=baseline", 0)]
)
def test_who_has_an_outcome_and_no_sample_at_all_is_counted(study, ask, subset, n):
    """As far as the subset is of persons: of whoever has no sample nobody knows the visit."""
    (analysis,) = read_plan(ask(subset=subset))
    sheet = read_sheet(study.tables()[1])
    listed = [
        {"patient_id": f"new-{k}", "cohort": "patient", "answer": answer}
        for k, answer in enumerate(("yes", "no", None))
    ]
    without = [read_people(analysis, sheet, p).n_without_sample for p in ((), listed)]
    assert without[1] - without[0] == n


def test_who_enters_is_counted_and_every_other_value_is_no_event(study, ask):
    (model,) = compute(study, ask())[0].to_pylist()
    assert (model["n_persons"], model["n_events"], model["n_effective"]) == (22, 11, 11)
    # Controls never had an answer: they lack none.
    assert (model["n_without_outcome"], model["n_without_sample"]) == (1, 1)
    assert model["label"] == "exploratory"
    assert model["reason"].startswith("11 of 22 persons with 'yes': 1.8 persons of the smaller")
    assert model["n_candidates"] == 6
    assert model["n_needed"] > 22


def test_a_true_predictor_is_found_and_judged(study, ask):
    models, targets, curves = compute(study, ask())
    (model,) = models.to_pylist()
    assert model["auc_cv"] > 0.8
    assert model["permutation_p_value"] == 1 / 10
    assert model["auc_cv_lowest"] <= model["auc_cv"] <= model["auc_cv_highest"]
    assert model["auc_corrected"] == pytest.approx(model["auc_apparent"] - model["auc_optimism"])
    assert model["brier"] < model["brier_of_share"] == 0.25
    (planted,) = (r for r in targets.to_pylist() if r["analyte_id"] == "T2")
    assert planted["odds_ratio"] > 2
    assert planted["selected_frac"] > 0.9
    assert planted["is_selected"]
    assert planted["coefficient"] > 0
    assert model["n_selected"] == sum(r["is_selected"] for r in targets.to_pylist())
    # As steps, the area under the curve is the AUC.
    roc = [r for r in curves.to_pylist() if r["curve"] == "roc"]
    assert np.mean([r["y_value"] for r in roc[:-1]]) == pytest.approx(model["auc_cv"])
    assert [r["point_number"] for r in roc] == list(range(1, len(roc) + 1))


def test_each_target_alone_is_its_firth_regression_and_its_auc(study, ask):
    measurements, samples, _ = study.tables()
    targets = compute(study, ask())[1].to_pylist()
    (analysis,) = read_plan(ask())
    sheet = read_sheet(samples)
    people = read_people(analysis, sheet)
    (levels,) = read_levels(measurements, sheet)
    matrix = levels.take(people.rows)
    odds = firth_logistic(matrix, people.is_event, confidence=0.95)
    area = auc(matrix[people.is_event], matrix[~people.is_event], confidence=0.95)
    for column, values in (
        ("odds_ratio", odds.estimate), ("odds_ratio_ci_low", odds.ci_low),
        ("p_value", odds.p_value), ("auc", area.estimate), ("auc_ci_high", area.ci_high),
        ("auc_p_value", area.p_value), ("sd_log2", np.std(matrix, axis=0, ddof=1)),
    ):  # fmt: skip
        ours = [np.nan if r[column] is None else r[column] for r in targets]
        np.testing.assert_allclose(ours, values, rtol=1e-10)
    # The planted target separates the classes: its AUC is 1, and has no interval.
    assert targets[1]["auc"] == 1
    assert targets[1]["auc_ci_high"] is None
    assert "no overlap" in targets[1]["reason"]


def test_too_few_in_a_class_refuse_the_model_and_say_so_and_targets_are_still_told(study, ask):
    models, targets, curves = compute(study, ask(event="unclear"))
    (model,) = models.to_pylist()
    assert model["label"] == "refused"
    assert model["auc_cv"] is None
    assert "6 in the smaller class, at least 10 are needed" in model["reason"]
    assert curves.num_rows == 0
    assert targets.num_rows == 6
    for row in targets.to_pylist():
        assert row["odds_ratio"] is not None
        assert row["selected_frac"] is None
        assert not row["is_selected"]


def test_an_event_that_nobody_has_is_refused_with_its_reason(study, ask):
    models, targets, _ = compute(study, ask(event="perhaps"))
    (model,) = models.to_pylist()
    assert model["reason"] == ("0 of 22 persons with 'perhaps': only one class, nothing to predict")
    assert model["n_needed"] is None
    for row in targets.to_pylist():
        assert row["odds_ratio"] is None
        assert row["reason"]


def test_levels_after_the_baseline_are_refused(study, ask):
    _, samples, _ = study.tables()
    with pytest.raises(CytomartError, match="taken after the baseline"):
        check_designs(read_plan(ask(visit="follow_up")), read_sheet(samples))
    with pytest.raises(CytomartError, match="taken after the baseline"):
        compute(study, ask(visit="follow_up"))


def test_an_unknown_outcome_is_refused(study, ask):
    with pytest.raises(CytomartError, match="outcome names the column 'mood'"):
        compute(study, ask(outcome="mood"))


def test_only_the_primary_variant_predicts(make_study, study, ask):
    two = make_study(n_patients=24, n_controls=0, n_targets=6, seed=5, variants=("one", "two"))
    two.samples = [s for s in study.samples if s["cohort"] == "patient"]
    two.measurements = [m for m in two.measurements if m["sample_id"] != "P02-baseline"]
    models, targets, curves = compute(two, ask())
    for table in (models, targets, curves):
        assert set(table["variant_id"].to_pylist()) == {"one"}


def test_the_order_of_rows_does_not_matter_and_the_seed_does(study, ask):
    plain = compute(study, ask())
    random.Random(3).shuffle(study.measurements)
    random.Random(4).shuffle(study.samples)
    for one, other in zip(plain, compute(study, ask()), strict=True):
        assert one.equals(other)
    other_seed = Settings(**{**vars(FEW), "seed": 7})
    (model,) = compute(study, ask(), other_seed)[0].to_pylist()
    (first,) = plain[0].to_pylist()
    assert (first["seed"], model["seed"]) == (FEW.seed, 7)
    assert model["auc_cv"] != first["auc_cv"]
    assert model["n_persons"] == first["n_persons"]


def test_another_analysis_changes_no_random_number(study, ask):
    alone = compute(study, ask())[0].to_pylist()
    both = pa.concat_tables([ask(analysis_id="first", event="no"), ask()])
    together = [m for m in compute(study, both)[0].to_pylist() if m["analysis_id"] == "who"]
    assert together == alone


def test_levels_below_the_limit_are_low_and_others_missing(study, ask):
    measurements, samples, _ = study.tables()
    classes = ["quantified"] * measurements.num_rows
    lost = {("P03-baseline", "T1"): "below_lod", ("P05-baseline", "T1"): "saturated"}
    rows = measurements.to_pylist()
    for i, row in enumerate(rows):
        if word := lost.get((row["sample_id"], row["analyte_id"])):
            classes[i], row["level_log2"] = word, None
    table = pa.Table.from_pylist(rows, schema=measurements.schema)
    table = table.append_column("measurement_class", pa.array(classes))
    sheet = read_sheet(samples)
    (analysis,) = read_plan(ask())
    people = read_people(analysis, sheet)
    predictors = read_predictors(read_levels(table, sheet)[0], people)
    who = sheet.patients(people.rows.tolist())
    assert np.isnan(predictors.levels).sum() == 2
    assert predictors.is_low.sum() == 1
    assert predictors.is_low[who.index("P03"), 0]
    targets = run_predictions.predictions(
        table, samples, ask(),
        run_predictions.prediction_models(table, samples, ask(), settings=FEW),
    ).to_pylist()  # fmt: skip
    assert [r["n_missing"] for r in targets] == [2, 0, 0, 0, 0, 0]
