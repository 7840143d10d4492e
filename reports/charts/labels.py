"""Place the names of points so that they cover neither each other nor a point.

Greedy and deterministic: the points highest up are served first; each takes the nearest free
place of a fixed list. Everything is in pixels of the plot, y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_DISTANCES = (9, 16, 24, 34, 46, 60, 76, 94, 114, 136)
_ANGLES = (0, 25, -25, 50, -50, 75, -75)
_MARKER = 5.0
_GAP = 6.0


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Return the shared area in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)


@dataclass(frozen=True)
class Placed:
    """A label's anchor and whether the text runs to the right of it."""

    x: float
    y: float
    is_rightward: bool


def place(
    points: Sequence[tuple[float, float]],
    names: Sequence[str | None],
    *,
    width: float,
    height: float,
    char_px: float = 6.9,
    line_px: float = 14.0,
    longest_px: float = 130.0,
    blocked: Sequence[Box] = (),
) -> list[Placed | None]:
    """Return one place per named point; None where `names` has None.

    Parameters
    ----------
    points : sequence of (x, y), shape (n,)
        All points, named or not, in pixels.
    names : sequence of str or None, shape (n,)
    width, height : float
        Size of the plot.
    blocked : sequence of Box
        Places that other writing needs.
    """
    taken = [Box(x - _MARKER, y - _MARKER, x + _MARKER, y + _MARKER) for x, y in points]
    taken += blocked
    plot = Box(0.0, 0.0, width, height)
    placed: list[Placed | None] = [None] * len(points)
    order = sorted((i for i, n in enumerate(names) if n is not None), key=lambda i: points[i][1])
    for i in order:
        text_px = min(len(names[i] or "") * char_px, longest_px) + _GAP
        best, box = _nearest(points[i], text_px, line_px, plot, taken, width / 2)
        taken.append(box)
        placed[i] = best
    return placed


def _nearest(
    point: tuple[float, float],
    text_px: float,
    line_px: float,
    plot: Box,
    taken: list[Box],
    middle: float,
) -> tuple[Placed, Box]:
    best: tuple[float, Placed, Box] | None = None
    outward = 1 if point[0] >= middle else -1
    for distance in _DISTANCES:
        for side in (outward, -outward):
            for angle in _ANGLES:
                x = point[0] + side * distance * math.cos(math.radians(angle))
                y = point[1] - distance * math.sin(math.radians(angle))
                left = x if side > 0 else x - text_px
                box = Box(left, y - line_px / 2, left + text_px, y + line_px / 2)
                cost = sum(box.overlap(t) for t in taken) + _outside(box, plot)
                spot = Placed(x, y, side > 0)
                if cost == 0:
                    return spot, box
                if best is None or cost < best[0]:
                    best = (cost, spot, box)
    assert best is not None
    return best[1], best[2]


def _outside(box: Box, plot: Box) -> float:
    area = (box.right - box.left) * (box.bottom - box.top)
    return 50.0 * (area - box.overlap(plot))
