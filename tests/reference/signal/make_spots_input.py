"""Make spots_input.csv: six small arrays with dim spots, nets at and below 0, flags and ties.

    python tests/reference/signal/make_spots_input.py

An array has twelve targets three times, POS1 twice and NEG four times, printed one after the other.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

OUT = Path(__file__).with_name("spots_input.csv")
SEED = 20090714
PRINTED = [f"T{i:02d}" for i in range(1, 13) for _ in range(3)] + ["POS1"] * 2 + ["NEG"] * 4


def level(target: str) -> float:
    """Return the signal that a target is drawn around."""
    fixed = {"POS1": 30000.0, "NEG": 20.0}
    return fixed[target] if target in fixed else 1.5 * 2.0 ** (int(target[1:]) - 2)


def array(rng: np.random.Generator, scale: float) -> list[tuple[float, float, int]]:
    """Return foreground, background and flag of every spot; medians are whole or half numbers."""
    spots = []
    for target in PRINTED:
        background = rng.integers(160, 240) / 2
        net = level(target) * scale * rng.lognormal(0, 0.2) + rng.normal(0, 4)
        spots.append((background + np.round(2 * net) / 2, background, 0))
    return spots


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)
    arrays = [array(rng, scale) for scale in (1.0, 0.5, 2.0, 1.3, 0.8, 1.7)]
    for number, spots in enumerate(arrays):
        # A spot at its background, a smallest net of 0.25 that is flagged, a saturated spot.
        spots[0] = (spots[0][1], spots[0][1], 0)
        spots[3] = (spots[3][1] + 0.25 * (number + 1), spots[3][1], -50)
        spots[33] = (65535.0, spots[33][1], 0)
    # A target of one array is bad altogether.
    arrays[4][12:15] = [(f, b, -100) for f, b, _ in arrays[4][12:15]]
    with OUT.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["block", "spot_column", "target", "foreground", "background", "flag"])
        for block, spots in enumerate(arrays, 1):
            for column, (target, spot) in enumerate(zip(PRINTED, spots, strict=True), 1):
                out.writerow([block, column, target, f"{spot[0]:.17g}", f"{spot[1]:.17g}", spot[2]])


if __name__ == "__main__":
    main()
