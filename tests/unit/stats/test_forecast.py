"""Who enters an analysis and what it finds, told before any test runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from contracts import CytomartError
from stats.design import read_sheet
from stats.forecast import forecast
from stats.methods.power import power_groups, power_pairs
from stats.outcomes import scores_by_patient
from stats.plan import read_plan
from stats.smallest import Spread

KNOWN = Spread(between_log2=0.5, change_log2=0.4)


@pytest.fixture
def tell(as_plan):
    def told(study, row, *, n_targets=80, spread=KNOWN):
        _, samples, outcomes = study.tables()
        (analysis,) = read_plan(as_plan([row]))
        return forecast(
            analysis, read_sheet(samples), scores_by_patient(outcomes), outcomes,
            study.patient_table(), n_targets=n_targets, spread=spread,
        )  # fmt: skip

    return told


def sizes(told):
    return {g.name: (g.n_samples, g.n_patients) for g in told.groups}


def without(study, *gone):
    study.samples = [s for s in study.samples if s["sample_id"] not in gone]
    return study


def test_thirty_against_ten(make_study, make_contrast, tell):
    told = tell(make_study(n_patients=30, n_controls=10), make_contrast("A", "C"))
    assert sizes(told) == {"A": (30, 30), "C": (10, 10)}
    plain, every = told.detectable
    # METHODS: d = 1.04977 at 30 v 10.
    assert plain.effect == pytest.approx(1.04977, abs=5e-6)
    assert (plain.alpha, every.alpha, plain.unit) == (0.05, 0.05 / 80, "d")
    assert every.effect > plain.effect
    assert plain.log2 == pytest.approx(0.5 * plain.effect, rel=1e-12)
    assert plain.fold == pytest.approx(2**plain.log2, rel=1e-12)
    for found in told.detectable:
        power = power_groups(found.effect, 30, 10, alpha=found.alpha)
        assert float(power) == pytest.approx(0.8, abs=1e-9)
    assert (told.n_pairs, told.n_dropped, told.note) == (None, 0, "")


def test_thirty_pairs_and_three_without_a_partner(make_study, make_contrast, tell):
    study = without(make_study(n_patients=33), "P01-baseline", "P02-follow_up", "P09-follow_up")
    told = tell(study, make_contrast("B", "A"))
    assert sizes(told) == {"B": (31, 31), "A": (32, 32)}
    assert (told.n_pairs, told.n_dropped) == (30, 3)
    plain, _ = told.detectable
    assert plain.effect == pytest.approx(0.52924, abs=5e-6)
    assert (plain.unit, plain.log2) == ("dz", pytest.approx(0.4 * plain.effect, rel=1e-12))
    assert float(power_pairs(plain.effect, 30, alpha=0.05)) == pytest.approx(0.8, abs=1e-9)


def test_without_a_spread_effects_are_in_standard_deviations(make_study, make_contrast, tell):
    told = tell(make_study(), make_contrast("A", "C"), spread=Spread())
    assert all(d.log2 is None and d.fold is None for d in told.detectable)


def test_paper_mode_tells_its_own_level_and_that_patients_are_shared(
    make_study, make_contrast, tell
):
    told = tell(make_study(), make_contrast("B", "A", paper=True))
    assert len(told.detectable) == 1
    assert "arms share patients" in told.note
    assert tell(make_study(), make_contrast("A", "C", paper=True)).note == ""


def test_covariates_cost_degrees_of_freedom_and_balance(make_study, make_contrast, tell):
    study = make_study(n_patients=12, n_controls=8)
    rng = np.random.default_rng(5)
    ages = {p["patient_id"]: int(rng.integers(30, 80)) for p in study.patients}
    for sample in study.samples:
        age = ages[sample["patient_id"]]
        sample.update(age_years=age, older=age + (300 if sample["group_code"] == "C" else 0))
    study.samples[0]["age_years"] = None
    plain = tell(study, make_contrast("A", "C", primary_method="moderated_t"))
    aged = tell(study, make_contrast("A", "C", primary_method="moderated_t",
                                     covariates="age_years"))  # fmt: skip
    assert (plain.n_dropped, aged.n_dropped) == (0, 1)
    assert aged.detectable[0].effect > plain.detectable[0].effect
    unbalanced = tell(study, make_contrast("A", "C", primary_method="moderated_t",
                                           covariates="older"))  # fmt: skip
    assert unbalanced.detectable[0].effect > 3 * aged.detectable[0].effect
    # Welch's row adjusts for nothing: the plan's covariates are those of the row beside it.
    welch = tell(study, make_contrast("A", "C", covariates="age_years"))
    assert (welch.n_dropped, welch.detectable) == (0, plain.detectable)


def test_a_covariate_that_is_the_group_is_named(make_study, make_contrast, tell):
    row = make_contrast("A", "C", primary_method="moderated_t", covariates="cohort")
    told = tell(make_study(), row)
    assert told.detectable == ()
    assert told.note == "the covariates cannot be told apart from the groups"


def test_treat_counts_from_its_least_effect(make_study, make_contrast, tell):
    row = make_contrast("A", "C", primary_method="treat", min_abs_fold_change=1.5)
    study = make_study(n_patients=30, n_controls=10)
    told = tell(study, row)
    plain = tell(study, make_contrast("A", "C", primary_method="moderated_t", alpha=0.1))
    expected = math.log2(1.5) + plain.detectable[0].log2
    assert told.detectable[0].log2 == pytest.approx(expected, rel=1e-9)
    assert "once the spread of levels is known" in tell(study, row, spread=Spread()).note


def test_the_smallest_margin_of_an_equivalence(make_study, make_contrast, tell):
    row = make_contrast("B", "C", kind="equivalence", primary_method="tost",
                        min_abs_fold_change=1.5)  # fmt: skip
    told = tell(make_study(n_patients=30, n_controls=10), row)
    plain, every = told.detectable
    # t(0.95; 38) + t(0.9; 38) = 1.685954 + 1.304230, times the root of 1/30 + 1/10.
    assert plain.effect == pytest.approx((1.685954 + 1.304230) * math.sqrt(4 / 30), abs=1e-6)
    assert (plain.unit, told.note) == ("margin", "the plan's margin is 0.585 log2 units")
    assert every.effect > plain.effect


def test_a_correlation_counts_patients_with_sample_and_score(make_study, make_plan_row, tell):
    study = without(make_study(n_patients=30), "P07-baseline")
    next(r for r in study.outcomes if r["patient_id"] == "P03")["score"] = None
    row = make_plan_row("corr", "correlation", primary_method="pearson", outcome="vas",
                        visit="baseline", subset="cohort=patient")  # fmt: skip
    told = tell(study, row)
    assert sizes(told) == {"baseline": (29, 29)}
    assert (told.n_pairs, told.n_dropped) == (28, 1)
    plain = told.detectable[0]
    z = (1.959964 + 0.841621) / math.sqrt(25)
    assert (plain.unit, plain.log2) == ("r", None)
    assert plain.effect == pytest.approx(math.tanh(z), abs=1e-6)


def test_a_change_needs_both_samples_and_both_scores(make_study, make_plan_row, tell):
    study = without(make_study(n_patients=20), "P01-follow_up", "P02-baseline")
    lost = {("P03", "follow_up"), ("P04", "baseline")}
    for r in study.outcomes:
        if (r["patient_id"], r["visit"]) in lost:
            r["score"] = None
    row = make_plan_row("change", "change_correlation", primary_method="change_on_change",
                        outcome="vas", visit="follow_up", subset="cohort=patient")  # fmt: skip
    told = tell(study, row)
    assert (told.n_pairs, told.n_dropped) == (16, 4)
    z = (1.959964 + 0.841621) / math.sqrt(16 - 3 - 2)
    assert told.detectable[0].effect == pytest.approx(math.tanh(z), abs=1e-6)


def test_scores_count_everyone_of_the_cohort(make_study, make_plan_row, tell):
    study = make_study()
    next(r for r in study.outcomes if r["visit"] == "follow_up")["score"] = None
    study.patients.append({"study_id": "s1", "patient_id": "P99", "cohort": "patient"})
    row = make_plan_row("pain", "outcome", primary_method="paired_t", pairing="patient",
                        outcome="vas", visit="follow_up")  # fmt: skip
    told = tell(study, row)
    assert (told.n_pairs, told.n_dropped) == (7, 2)
    assert [(d.unit, d.alpha) for d in told.detectable] == [("dz", 0.05)]
    with pytest.raises(CytomartError, match="subset names the column 'stage'"):
        tell(study, {**row, "subset": "stage=1"})


def test_several_groups_are_counted(make_study, make_plan_row, tell):
    row = make_plan_row("all", "omnibus", primary_method="mixed_model", pairing="patient")
    told = tell(make_study(), row)
    assert sizes(told) == {"A": (8, 8), "B": (8, 8), "C": (6, 6)}
    assert told.detectable == ()


def test_a_design_that_the_samples_do_not_allow_is_a_problem(make_study, make_contrast, tell):
    row = make_contrast("B", "A", pairing="independent", primary_method="welch_t")
    told = tell(make_study(), row)
    assert "share patients" in told.problems[0]
    assert (told.groups, told.detectable) == ((), ())


def test_too_few_is_said(make_study, make_contrast, tell):
    told = tell(make_study(n_controls=0), make_contrast("A", "C"))
    assert (told.detectable, told.note) == ((), "an arm without samples")
    assert len(tell(make_study(n_controls=1), make_contrast("A", "C")).detectable) == 2
    assert tell(make_study(n_patients=1), make_contrast("B", "A")).note == "too few samples"
    assert len(tell(make_study(n_patients=2), make_contrast("B", "A")).detectable) == 2


def test_a_prediction_tells_its_classes_and_what_the_guard_will_say(
    make_study, make_plan_row, tell
):
    study = make_study(n_patients=30)
    for row in study.samples:
        number = int(row["patient_id"][1:])
        known = row["cohort"] == "patient" and number > 2
        row["answer"] = ("responder" if number % 5 < 2 else "non_responder") if known else None
    row = make_plan_row("predict", "prediction", primary_method="ridge_logistic", outcome="answer",
                        event="responder", visit="baseline")  # fmt: skip
    told = tell(without(study, "P09-baseline"), row)
    assert sizes(told) == {"responder": (11, 11), "not responder": (16, 16)}
    # Two whose answer is unknown, one without a baseline sample; controls never had an answer.
    assert told.n_dropped == 3
    assert told.note.startswith("exploratory: 11 of 27 persons with 'responder': 0.14 persons")
    assert told.detectable[0].effect == pytest.approx(1.14, abs=0.01)
    few = tell(study, {**row, "subset": "patient_id=P03"})
    assert few.note.startswith("refused: 0 of 1 persons with 'responder': only one class")
    assert few.detectable == ()
