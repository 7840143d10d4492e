"""Sentences of the first screen."""

from __future__ import annotations

from typing import Any

import pytest

from reports.statements import meaning

SCALE: dict[str, Any] = {"mid_score": 2.0, "better_direction": "lower", "mid_rule": "fixed"}


@pytest.mark.parametrize(
    ("change", "low", "high", "begins"),
    [
        (-3.0, -3.5, -2.5, "The whole interval is beyond"),
        (-2.2, -2.8, -1.6, "The average is beyond"),
        (-1.7, -2.4, -0.9, "The average falls short"),
        (-0.5, -0.9, -0.1, "The whole interval falls short"),
        (3.0, 2.5, 3.5, "The whole interval falls short"),
    ],
)
def test_meaning_of_a_change_where_lower_is_better(
    change: float, low: float, high: float, begins: str
) -> None:
    row = {"mean_change": change, "ci_low": low, "ci_high": high}
    assert meaning(row, SCALE).startswith(begins)


def test_meaning_where_higher_is_better() -> None:
    row = {"mean_change": 3.0, "ci_low": 2.5, "ci_high": 3.5}
    scale = {**SCALE, "better_direction": "higher", "mid_rule": "half_baseline_sd"}
    assert meaning(row, scale).startswith("The whole interval is beyond")
    assert "half an SD" in meaning(row, scale)


def test_no_meaning_without_an_interval_or_a_difference() -> None:
    row = {"mean_change": 3.0, "ci_low": None, "ci_high": None}
    assert meaning(row, SCALE) == ""
    assert meaning({**row, "ci_low": 1.0, "ci_high": 2.0}, {**SCALE, "mid_score": None}) == ""
