"""Labels: one per named point, inside the plot, off the points and off each other."""

from __future__ import annotations

import random

import pytest

from reports.charts.labels import Box, place

WIDTH, HEIGHT, CHAR, LINE = 780.0, 470.0, 6.9, 14.0


def _boxes(points: list[tuple[float, float]], names: list[str | None]) -> list[tuple[float, ...]]:
    out = []
    for name, spot in zip(names, place(points, names, width=WIDTH, height=HEIGHT), strict=True):
        assert (spot is None) == (name is None)
        if spot is not None and name is not None:
            left = spot.x if spot.is_rightward else spot.x - len(name) * CHAR
            out.append((left, spot.y - LINE / 2, left + len(name) * CHAR, spot.y + LINE / 2))
    return out


def _area(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    return max(width, 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


@pytest.mark.parametrize("seed", range(12))
def test_thirty_crowded_labels_do_not_cover_each_other(seed: int) -> None:
    draw = random.Random(seed)
    points = [(draw.gauss(520, 70), draw.uniform(20, 330)) for _ in range(30)]
    points += [(draw.gauss(390, 60), draw.uniform(340, 460)) for _ in range(50)]
    names: list[str | None] = [f"Target {i:02d}" for i in range(30)] + [None] * 50
    boxes = _boxes(points, names)
    assert len(boxes) == 30
    assert all(_area(a, b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])
    for box in boxes:
        assert box[0] >= 0
        assert box[2] <= WIDTH
        assert all(_area(box, (x - 4, y - 4, x + 4, y + 4)) == 0 for x, y in points)


def test_writing_of_the_plot_is_kept_free() -> None:
    note = Box(0, 100, 200, 117)
    point, name = (190.0, 122.0), "A name"
    boxes = []
    for blocked in ([], [note]):
        spot = place([point], [name], width=WIDTH, height=HEIGHT, blocked=blocked)[0]
        assert spot is not None
        left = spot.x if spot.is_rightward else spot.x - len(name) * CHAR
        boxes.append(Box(left, spot.y - LINE / 2, left + len(name) * CHAR, spot.y + LINE / 2))
    assert boxes[0].overlap(note) > 0
    assert boxes[1].overlap(note) == 0


def test_more_labels_than_room_are_all_kept() -> None:
    points = [(390.0, 200.0)] * 80
    assert len(_boxes(points, ["A long enough name"] * 80)) == 80


def test_the_same_points_give_the_same_places() -> None:
    points = [(100.0, 50.0), (110.0, 52.0), (300.0, 90.0)]
    names: list[str | None] = ["a", "b", None]
    once = place(points, names, width=WIDTH, height=HEIGHT)
    assert once == place(points, names, width=WIDTH, height=HEIGHT)
