"""Write fisher_input.csv: seeded 2 × k tables of two groups over places, of every kind of shape."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

#: Places, samples a place, share of the numerator.
SHAPES = [
    (2, 4, 0.5),
    (2, 20, 0.3),
    (3, 8, 0.75),
    (5, 6, 0.5),
    (9, 5, 0.75),
    (9, 4, 0.75),
    (12, 3, 0.5),
]
EDGES = [
    ([10, 0], [0, 3]), ([3, 0, 0], [0, 5, 5]), ([1, 1, 1, 1], [1, 1, 1, 1]), ([2, 0, 1], [0, 0, 4]),
    ([30, 0], [0, 10]), ([1, 0, 0, 0], [0, 1, 1, 1]),
]  # fmt: skip


def tables() -> list[tuple[list[int], list[int]]]:
    rng = np.random.default_rng(20261126)
    found = list(EDGES)
    for n_places, size, share in SHAPES:
        for slope in (0.0, 0.25, 0.5):
            lean = np.clip(share + slope * np.linspace(-1, 1, n_places), 0.02, 0.98)
            totals = rng.integers(max(1, size - 2), size + 3, n_places)
            numerator = rng.binomial(totals, lean)
            found.append((numerator.tolist(), (totals - numerator).tolist()))
    return found


if __name__ == "__main__":
    with (
        Path(__file__).with_name("fisher_input.csv").open("w", encoding="utf-8", newline="") as out
    ):
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("table_id", "place", "numerator", "denominator"))
        for k, (numerator, denominator) in enumerate(tables(), start=1):
            for place, pair in enumerate(zip(numerator, denominator, strict=True), start=1):
                writer.writerow((k, place, *pair))
