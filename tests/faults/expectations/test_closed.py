"""A gate fails closed, and what it stores tells nothing about a patient."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import expectations
from expectations.rule import Rule

STUDY, BATCH = "founding", "SYN-01"


@dataclass(frozen=True)
class RaisingRule(Rule):
    def expectation(self, threshold):
        raise RuntimeError("a secret: 4711")


def a_rule(kind=Rule, **changes):
    made = {
        "rule_id": "flagged_spots", "gate": "batch", "severity": "critical", "sentence": "s",
        "frame": "serum_arrays", "column": "flagged_frac", "direction": "at_most",
    }  # fmt: skip
    return kind(**(made | changes))


def test_an_empty_suite_is_held(con):
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=())
    assert run.verdict == "held"
    assert [(r.rule_id, r.severity, r.outcome) for r in run.results] == [
        ("suite_complete", "integrity", "fail")
    ]


@pytest.mark.parametrize("severity", ["integrity", "critical", "warning"])
@pytest.mark.parametrize(
    "rule",
    [
        a_rule(RaisingRule),
        a_rule(column="no_such_column"),
        a_rule(frame="no_such_frame"),
        a_rule(rule_id="rule_without_a_threshold"),
    ],
    ids=["raises", "column", "frame", "threshold"],
)
def test_a_rule_without_an_answer_is_held_whatever_its_severity(con, rule, severity):
    good = a_rule(rule_id="saturated_spots", column="saturated_frac")
    bad = type(rule)(**{**vars(rule), "severity": severity})
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=(good, bad))
    assert run.verdict == "held"
    assert {r.rule_id: r.outcome for r in run.results} == {
        good.rule_id: "pass", bad.rule_id: "error", "suite_complete": "fail",
    }  # fmt: skip
    assert (run.n_rules, run.n_rules_evaluated, run.n_rules_failed) == (3, 2, 2)


def test_an_exception_inside_great_expectations_is_held(con, monkeypatch):
    monkeypatch.setattr("expectations.frames._query", _frame_of_words)
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=(a_rule(),))
    assert run.verdict == "held"
    assert run.results[0].outcome == "error"
    assert "exception" in run.results[0].message


def _frame_of_words(con, recipe, parameters):
    import pandas as pd

    return pd.DataFrame({"flagged_frac": ["many", "few"]}, index=["a", "b"])


def test_a_table_that_is_gone_is_held(con):
    con.execute("create table kept as select * from raw.study_groups")
    con.execute("drop table raw.study_groups")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert run.verdict == "held"
    broken = {r.rule_id: r.outcome for r in run.broken}
    assert broken["group_as_declared"] == "error"
    assert broken["suite_complete"] == "fail"


def test_a_threshold_of_nothing_but_nan_is_not_used(con):
    con.execute("insert into raw.study_thresholds values ('founding', 'flagged_spots', 'nan', 'x')")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert [r.rule_id for r in run.broken] == ["own_thresholds_valid"]
    assert next(r for r in run.results if r.rule_id == "flagged_spots").threshold == 0.25


def test_nothing_of_a_patient_is_stored(con):
    con.execute(
        "update raw.patients set patient_id = 'ZHANG WEI', age_years = 149 where patient_id = "
        "(select min(patient_id) from raw.samples where group_code = 'A')"
    )
    con.execute(
        "update raw.samples set patient_id = 'ZHANG WEI', sample_id = 'MRN-55512', "
        "total_protein_mg_ml = 71.357, collected_on = date '2019-04-03' where patient_id = "
        "(select min(patient_id) from raw.samples where group_code = 'A')"
    )
    con.execute(
        "update raw.assessments set patient_id = 'ZHANG WEI', score = 77.7, omed_mg = 4321.09, "
        "assessed_on = date '2019-04-03' where patient_id = (select min(patient_id) "
        "from raw.assessments)"
    )
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert {"age_in_range", "scores_in_range"} <= {r.rule_id for r in run.broken}
    stored = "\n".join(
        str(row)
        for table in ("gate_runs", "gate_results")
        for row in con.execute(f"select * from quality.{table}").fetchall()
    )
    assert "age_in_range" in stored
    for planted in ("ZHANG", "MRN-55512", "149", "77.7", "71.357", "4321", "2019", "founding-"):
        assert planted not in stored, planted


def test_results_are_rows_of_the_contract(con):
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    rows = con.execute(
        "select rule_id, outcome, n_checked, message from quality.gate_results "
        "where gate_run_id = ?", [run.gate_run_id]
    ).fetchall()  # fmt: skip
    assert {r[0] for r in rows} == {r.rule_id for r in run.results}
    assert len(rows) == run.n_rules
    head = con.execute(
        "select gate, scope_id, content_hash, verdict, n_rules from quality.gate_runs"
    ).fetchall()
    assert head == [("batch", BATCH, run.content_hash, "released", run.n_rules)]
