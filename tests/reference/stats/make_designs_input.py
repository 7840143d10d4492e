"""Make designs_input.csv: small random studies that are hard on a t test.

    python tests/reference/stats/make_designs_input.py

Arms x and y hold the same persons (some lack one arm), arm z others. Values are NA where missing.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

OUT = Path(__file__).with_name("designs_input.csv")
SEED = 20170102


def study(rng, n_pairs, n_other, n_targets, *, sd=(0.6, 0.6, 0.6), shift=0.0, height=9.0):
    """Return levels {arm: (persons, targets)} with a person effect shared by x and y."""
    person = rng.normal(height, 0.5, (n_pairs, n_targets))
    effects = np.linspace(-shift, shift, n_targets)
    return {
        "x": person + rng.normal(0, sd[0], person.shape),
        "y": person + effects + rng.normal(0, sd[1], person.shape),
        "z": rng.normal(height, 0.5, (n_other, n_targets))
        + 0.5 * effects
        + rng.normal(0, sd[2], (n_other, n_targets)),
    }


def holes(rng, arms, share):
    """Return the arms with that share of values missing at random."""
    return {a: np.where(rng.random(v.shape) < share, np.nan, v) for a, v in arms.items()}


def special_targets(rng):
    """Return targets whose test cannot be made, or only just."""
    arms = study(rng, 8, 6, 9)
    x, y, z = arms["x"], arms["y"], arms["z"]
    x[:, 0] = y[:, 0] = z[:, 0] = 8.1  # constant everywhere
    z[:, 1] = 7.3  # constant in one arm
    x[:, 2], y[:, 2], z[:, 2] = 8.1, 9.1, 7.1  # constant in every arm, at different heights
    y[:, 3] = np.round(x[:, 3], 2)
    x[:, 3] = y[:, 3] + 0.5  # all differences agree
    x[:, 4] = y[:, 4] = z[:, 4] = np.nan  # all missing
    x[1:, 5] = np.nan  # one value in an arm
    z[2:, 6] = np.nan  # two values in an arm
    x[2:, 7] = np.nan  # two complete pairs
    x[0, 8], x[1:, 8] = 8.0, 9.0  # a single value differs
    return arms


def designs(rng):
    """Return {design: arms}."""
    tied = study(rng, 12, 9, 15, shift=0.6)
    return {
        "balanced": study(rng, 12, 12, 20, shift=1.0),
        "missing": holes(rng, study(rng, 30, 10, 30, shift=0.8), 0.15),
        "sparse": holes(rng, study(rng, 7, 5, 25, shift=0.8), 0.5),
        "tied": {a: np.round(v, 1) for a, v in tied.items()},
        "unequal": study(rng, 30, 10, 20, sd=(0.2, 1.0, 2.5), shift=1.0),
        "tiny": study(rng, 3, 3, 10, shift=1.0),
        "extreme": study(rng, 40, 30, 12, sd=(0.1, 0.1, 0.1), shift=12.0),
        "high": study(rng, 12, 8, 10, shift=1.0, height=4096.0),
        "three_targets": study(rng, 30, 10, 3, shift=0.5),
        "special": special_targets(rng),
    }


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)
    with OUT.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["design", "arm", "person", "score", "target", "level_log2"])
        for design, arms in designs(rng).items():
            for arm, levels in arms.items():
                lacking = {"x": 0, "y": len(levels) - 1}.get(arm) if design == "missing" else None
                scores = np.round(rng.uniform(0, 10, len(levels)), 1)
                for i, row in enumerate(levels):
                    if i == lacking:
                        continue
                    person = f"{'q' if arm == 'z' else 'p'}{i + 1:02d}"
                    for j, value in enumerate(row, start=1):
                        text = "NA" if np.isnan(value) else f"{value:.17g}"
                        out.writerow([design, arm, person, f"{scores[i]:g}", f"t{j:02d}", text])


if __name__ == "__main__":
    main()
