"""Make arrays_input.csv: a batch of eight arrays of 80 targets, two spots each, as net signals.

    python tests/reference/signal/make_arrays_input.py

Three tenths of the targets are absent. Arrays differ in scale, offset and a bend over the level; a
tenth of the targets is changed on half of the arrays. Array 7 is dim (many nets are not positive),
array 8 has next to no noise.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

OUT = Path(__file__).with_name("arrays_input.csv")
SEED = 20020718
N_ARRAYS, N_TARGETS, N_SPOTS = 8, 80, 2


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)
    present = rng.random(N_TARGETS) >= 0.3
    level = np.where(present, rng.normal(8.0, 1.2, N_TARGETS), 0.0)
    rows = []
    for array in range(1, N_ARRAYS + 1):
        scale, offset = rng.lognormal(0, 0.4), rng.normal(15, 10)
        noise = 0.05 if array == 8 else rng.uniform(8, 25)
        if array == 7:
            scale *= 0.05
        changed = np.where((np.arange(N_TARGETS) % 10 == 3) & (array % 2 == 0), 1.5, 0.0)
        bend = rng.normal(0, 0.03) * (level - 7.0) ** 2 * present
        own = 2.0 ** (level + changed + bend + rng.normal(0, 0.15, N_TARGETS))
        for target in range(N_TARGETS):
            for replicate in range(1, N_SPOTS + 1):
                net = offset + scale * own[target] * rng.lognormal(0, 0.08) + rng.normal(0, noise)
                # Medians of pixels are whole or half numbers.
                rows.append([array, f"T{target + 1:02d}", replicate, f"{round(2 * net) / 2:.1f}"])
    with OUT.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["array", "target", "replicate", "net_afu"])
        out.writerows(rows)


if __name__ == "__main__":
    main()
