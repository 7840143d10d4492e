"""P1, P2: after a death anywhere the published file is generation N or N+1, whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store.fault_points import PUBLISH_POINTS

SIGKILL = -9
ROWS = 5_050


def judge(answers: list[dict[str, Any]]) -> int:
    """Check every play of a kill; return how many were killed in the act."""
    acknowledged = [a["acknowledged"] for a in answers if "acknowledged" in a]
    number, turn, n_killed = 1, 0, 0
    marks = {1: 0}
    for answer in answers:
        if "point" in answer:
            turn += 1
            n_killed += answer["code"] == SIGKILL
            assert answer["code"] in (SIGKILL, 0)
        elif "generation" in answer:
            ((mark, n_rows),) = answer["marks"]  # one mark alone: no mixture
            assert n_rows == ROWS
            assert answer["generation"] in (number, number + 1)
            # A generation never changes; a new one holds this turn's mark, or, where the death
            # came before that was committed, the mark before.
            allowed = {marks[number]} if answer["generation"] == number else {turn, marks[number]}
            assert mark in allowed
            number = answer["generation"]
            marks[number] = mark
        elif "code_after" in answer:
            assert answer["code_after"] == 0
            assert answer["leftovers"] == []
    assert acknowledged == sorted(set(acknowledged)), "two loads got one number"
    assert acknowledged[-1] == number, "an acknowledged generation was lost"
    assert answers[-1] == {"findings": []}
    return n_killed


def test_a_death_at_any_named_point_leaves_one_whole_generation(
    play: Callable[..., list[dict[str, Any]]], tmp_path: Path
) -> None:
    answers = play("kill_at", tmp_path / "home", "recover", *PUBLISH_POINTS)
    assert [a["point"] for a in answers if "point" in a] == list(PUBLISH_POINTS)
    assert judge(answers) == len(PUBLISH_POINTS) >= 10


@pytest.mark.slow
def test_deaths_at_the_named_points_five_times_over(
    play: Callable[..., list[dict[str, Any]]], tmp_path: Path
) -> None:
    points = PUBLISH_POINTS * 5
    assert judge(play("kill_at", tmp_path / "home", "publish", *points)) == len(points)


@pytest.mark.slow
def test_deaths_at_random_moments(
    play: Callable[..., list[dict[str, Any]]], tmp_path: Path
) -> None:
    assert judge(play("kill_randomly", tmp_path / "home", 150, 20_260_101)) >= 75
