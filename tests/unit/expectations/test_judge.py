"""What Great Expectations would let pass, the judge does not."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest

from contracts.paths import REPO_ROOT
from expectations.frame import Frame
from expectations.judge import judge
from expectations.rule import ColumnSetRule, Rule
from expectations.thresholds import Threshold

NAN, INF = float("nan"), float("inf")


def rule(rule_id="r", **changes):
    made = {"gate": "batch", "severity": "critical", "sentence": "s", "frame": "f", "column": "x",
            "direction": "at_most"}  # fmt: skip
    return Rule(rule_id=rule_id, **(made | changes))


def ask(values, threshold=1.0, names_rows=False, **changes):
    frame = pd.DataFrame({"x": values}, index=[f"row-{i}" for i in range(len(values))], dtype=float)
    frames = {"f": Frame(frame, "arrays", names_rows)}
    one = rule(**changes)
    return judge([one], frames, {"r": Threshold("r", "critical", threshold, "here")})[0]


@pytest.mark.parametrize(
    ("direction", "values", "passes"),
    [
        ("at_most", [0.0, 1.0], True),
        ("at_most", [0.0, 1.01], False),
        ("at_least", [1.0, 2.0], True),
        ("at_least", [0.99, 2.0], False),
        ("above", [1.01, 2.0], True),
        ("above", [1.0, 2.0], False),
        ("equal", [1.0, 1.0], True),
        ("equal", [1.0, 0.0], False),
        ("equal", [1.0, 2.0], False),
    ],
)
def test_directions(direction, values, passes):
    assert (ask(values, direction=direction).outcome == "pass") is passes


@pytest.mark.parametrize("direction", ["at_most", "at_least", "above", "equal"])
@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_a_value_that_is_no_number_breaks_the_rule(direction, bad):
    result = ask([1.0, bad], direction=direction, threshold=1.0 if direction == "equal" else 0.5)
    assert result.outcome == "fail"
    assert result.n_failed >= 1


def test_a_column_without_any_value_fails():
    result = ask([NAN, NAN])
    assert (result.outcome, result.n_checked, result.n_failed, result.observed) == (
        "fail", 2, 2, None,
    )  # fmt: skip
    assert "not measured" in result.message


def test_a_frame_without_rows_fails():
    result = ask([])
    assert (result.outcome, result.message) == ("fail", "There are no arrays to judge.")


def test_frames_of_equal_length_are_not_mixed_up():
    good, bad = pd.DataFrame({"x": [0.0, 0.0]}), pd.DataFrame({"x": [9.0, 9.0]})
    frames = {"good": Frame(good, "arrays"), "bad": Frame(bad, "arrays")}
    suite = [
        rule("a", frame="good"), rule("b", frame="bad"), rule("c", frame="good"),
        rule("d", frame="bad"),
    ]  # fmt: skip
    thresholds = {r.rule_id: Threshold(r.rule_id, "critical", 1.0, "here") for r in suite}
    for _ in range(2):
        results = judge(suite, frames, thresholds)
        assert [r.outcome for r in results] == ["pass", "fail", "pass", "fail"]


def test_two_rules_may_ask_the_same_question():
    frames = {"f": Frame(pd.DataFrame({"x": [2.0]}), "arrays")}
    suite = [rule("a"), rule("b", severity="warning")]
    thresholds = {r.rule_id: Threshold(r.rule_id, "critical", 1.0, "here") for r in suite}
    results = judge(suite, frames, thresholds)
    assert [(r.rule_id, r.severity, r.outcome) for r in results] == [
        ("a", "critical", "fail"), ("b", "warning", "fail"),
    ]  # fmt: skip


def test_the_worst_rows_are_named_only_where_rows_may_be_named():
    values = [0.5, 3.0, 2.0, 4.0, 5.0, 6.0]
    named = ask(values, names_rows=True)
    assert named.message == (
        "5 of 6 arrays break the rule (row-5, row-4, row-3 …); worst 6, at most 1 allowed."
    )
    assert named.observed == 6.0
    assert "row-" not in ask(values).message


def test_counts_stand_for_the_rows_behind_them():
    frame = pd.DataFrame({"n_bad": [2.0, 0.0], "n_rows": [30.0, 10.0]})
    one = rule(column="n_bad", counted="n_rows", shows="total", noun="scores")
    result = judge([one], {"f": Frame(frame, "x")}, {"r": Threshold("r", "", 0.0, "here")})[0]
    assert (result.n_checked, result.n_failed, result.observed) == (40, 2, 2.0)
    assert result.message == "2 of 40 scores break the rule; in all 2, at most 0 allowed."


def test_a_count_over_nothing_passes_only_where_that_may_be():
    frame = {"f": Frame(pd.DataFrame({"n": [0.0], "of": [0.0]}), "scores")}
    thresholds = {"r": Threshold("r", "", 0.0, "here")}
    strict = rule(column="n", counted="of")
    assert judge([strict], frame, thresholds)[0].outcome == "fail"
    lenient = rule(column="n", counted="of", may_be_none=True)
    assert judge([lenient], frame, thresholds)[0].outcome == "pass"


def test_missing_columns_are_named():
    one = ColumnSetRule("r", "batch", "integrity", "s", "f", "", "at_most", required=("x", "y"))
    frames = {"f": Frame(pd.DataFrame({"x": [0.0], "z": [0.0]}), "spots")}
    result = judge([one], frames, {"r": Threshold("r", "", 0.0, "here")})[0]
    assert (result.outcome, result.n_failed) == ("fail", 1)
    assert result.message == "1 of 2 columns are there; missing: y."


def test_answers_that_do_not_come_back_are_errors(monkeypatch):
    monkeypatch.setattr("expectations.judge._validate", lambda rows, expectations: [])
    assert ask([0.0]).outcome == "error"


ALONE = """
import os, socket, sys
import expectations
assert "great_expectations" not in sys.modules
asked = []
def refuse(*address, **_):
    asked.append(address)
    raise OSError("no network")
socket.socket.connect = socket.getaddrinfo = refuse
import pandas as pd
from expectations.frame import Frame
from expectations.judge import judge
from expectations.rule import Rule
from expectations.thresholds import Threshold
one = Rule("r", "batch", "critical", "s", "f", "x", "at_most")
frame = {"f": Frame(pd.DataFrame({"x": [0.0]}), "arrays")}
assert judge([one], frame, {"r": Threshold("r", "", 1.0, "here")})[0].outcome == "pass"
assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
assert not asked, asked
"""


def test_the_tool_is_imported_late_and_speaks_to_nobody():
    env = {k: v for k, v in os.environ.items() if k != "GX_ANALYTICS_ENABLED"}
    done = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=REPO_ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Calculating Metrics" not in done.stderr + done.stdout
