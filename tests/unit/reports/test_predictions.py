"""Predictions in the report: what is refused, what a model is worth, and what must not be concluded."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

import reports.predictions as predictions_module
from reports.methods import paragraphs
from reports.predictions import headings, predictions
from reports.read import read_published
from tests.unit.reports.made.names import STUDY
from tests.unit.reports.made.warehouse import make_warehouse


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    path = make_warehouse(tmp_path_factory.mktemp("predictions") / "w.duckdb")
    with duckdb.connect(str(path), read_only=True) as con:
        return predictions(read_published(con, STUDY), stamp="")


def test_each_prediction_has_its_section_in_the_order_of_the_plan(told: list[dict]) -> None:
    assert [t["title"] for t in told] == [
        "Which baseline levels go with “Responder”? (pain response by pain and doses, "
        "One week after radiotherapy)",
        "Which baseline levels go with “Relapse”? (relapse)",
    ]


def test_predictions_of_one_event_have_headings_of_their_own() -> None:
    visits = {"base": "Before", "later": "After"}
    one = {
        "analysis_id": "a", "event_label": "responder", "outcome": "pain response", "visit": "base",
        "subset": "", "grouping": "group_code", "primary_method": "ridge_logistic",
    }  # fmt: skip
    told = headings(
        [one, {**one, "subset": "er=positive"}, {**one, "primary_method": "other_model"},
         {**one, "outcome": "pain response by pain alone"}, {**one, "analysis_id": "b"}],
        visits,
    )  # fmt: skip
    assert len(set(told)) == 5
    question = "Which baseline levels go with “responder”?"
    ridge = "logistic model with a ridge penalty"
    assert told[0] == f"{question} (pain response; at Before; {ridge}), analysis a"
    assert told[1] == f"{question} (pain response; only er = positive, at Before; {ridge})"
    assert told[2] == f"{question} (pain response; at Before; other_model)"
    assert told[4].endswith("analysis b")


def test_who_entered_and_what_the_guard_says(told: list[dict]) -> None:
    first, second = (t["size"] for t in told)
    assert "Of 30 persons with a baseline sample, 12 counted as “Responder”" in first
    assert "the outcome of 1 person is unknown" in first
    assert "2 persons with an outcome had no sample of the baseline visit" in first
    assert "exploratory (12 of 30 persons: 6081 are needed)" in first
    assert "too small for a model (3 in the smaller class, 10 are needed)" in second
    assert "Not counted" not in second


def test_the_worth_of_a_model_is_that_on_persons_it_never_saw(told: list[dict]) -> None:
    worth, model = told[0]["worth"], told[0]["model"]
    assert "ranked above one without it in 55 % of pairs" in worth
    assert "cross-validated AUC 0.55, 0.47 to 0.62 over 20 deals" in worth
    assert "199 permuted outcomes, p = 0.31: no better than chance" in worth
    assert "The model of all persons has 10 targets." in model
    assert "0.11 too high (0.82 corrected, still too high" in model
    assert "internal validation" in model


def test_the_corrected_auc_is_no_headline_and_says_when_it_is_too_high(told: list[dict]) -> None:
    headline = told[0]["title"] + told[0]["size"] + told[0]["worth"]
    assert "0.82" not in headline
    assert "0.93" not in headline
    assert "0.82" not in told[0]["curves"].caption + told[0]["curves"].description
    assert "still too high with 80 candidate targets for 30 persons" in told[0]["model"]
    assert "the cross-validated AUC is the one to cite" in told[0]["model"]


def test_chance_below_one_half_is_no_prediction_in_reverse() -> None:
    figures = {
        "auc_cv": 0.34, "auc_cv_lowest": 0.17, "auc_cv_highest": 0.49, "n_permutations": 199,
        "permutation_p_value": 0.97, "n_repeats": 20, "calibration_slope": -1.2, "brier": 0.26,
        "brier_of_share": 0.24,
    }  # fmt: skip
    said = "not a prediction in reverse"
    assert said in predictions_module._worth(figures)
    assert said not in predictions_module._worth({**figures, "auc_cv": 0.55})


def test_few_candidates_need_no_such_word() -> None:
    figures = {
        "n_selected": 2, "n_persons": 30, "auc_apparent": 0.8, "auc_optimism": 0.1,
        "auc_corrected": 0.7,
    }  # fmt: skip
    assert "still too high" not in predictions_module._model({**figures, "n_candidates": 30})
    assert "still too high" in predictions_module._model({**figures, "n_candidates": 31})


def test_a_refused_model_has_no_worth_and_no_curve_but_its_targets(told: list[dict]) -> None:
    refused = told[1]
    assert (refused["worth"], refused["model"], refused["curves"]) == ("", "", None)
    assert refused["forest"] is not None
    assert len(refused["all"].rows) == 15
    assert refused["alone"] == "Of 14 targets alone, none was shown to go with the event."


def test_every_target_stands_in_the_table_and_gaps_say_why(told: list[dict]) -> None:
    rows = told[0]["all"].rows
    assert len(rows) == 15
    (gap,) = (r for r in rows if r[-1])
    assert gap[1:4] == ("–", "–", "–")
    assert gap[-1] == "zero variance: all levels agree"
    assert told[0]["alone"].startswith("Of 14 targets alone, 1 goes with the event")


def test_no_sentence_says_that_a_level_causes_or_decides_anything(told: list[dict]) -> None:
    words = " ".join(str(v) for t in told for v in t.values() if isinstance(v, str))
    assert not re.search(r"because of|caused by|will respond|should be treated", words)


def test_a_study_without_predictions_has_no_such_section(tmp_path: Path) -> None:
    path = make_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(path)) as con:
        for name in ("stats.fct_prediction_models", "stats.fct_prediction_curves",
                     "reporting.rpt_predictions"):  # fmt: skip
            con.execute(f"delete from {name}")
    with duckdb.connect(str(path), read_only=True) as con:
        published = read_published(con, STUDY)
        assert predictions(published, stamp="") == []
        assert "Prediction" not in dict(paragraphs(published, []))


def test_the_methods_say_how_a_model_is_judged(tmp_path: Path) -> None:
    path = make_warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(path), read_only=True) as con:
        said = dict(paragraphs(read_published(con, STUDY), []))["Prediction"]
    assert "dealt anew 20 times" in said
    assert "made without the persons that are held out" in said
