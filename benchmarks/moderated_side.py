"""Our side of the benchmark of moderated t: three contrasts of one fit, timed in one process.

`python -m benchmarks.moderated_side LEVELS N_TARGETS N_SAMPLES N_TIMES` prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from stats.methods.moderated_t import moderated_t_contrasts
from stats.methods.result import MethodResult

CONTRASTS = {"a_vs_c": (1, 0, -1), "b_vs_c": (0, 1, -1), "b_vs_a": (-1, 1, 0)}


def measure(path: Path, n_targets: int, n_samples: int, n_times: int) -> dict[str, object]:
    """Analyse the matrix many times; return CPU and wall of one analysis, sums and counts."""
    levels = np.fromfile(path).reshape(n_samples, n_targets)
    design = np.eye(3)[np.arange(n_samples) % 3]

    def analysis() -> dict[str, MethodResult]:
        return moderated_t_contrasts(
            levels, design, CONTRASTS, trend=False, robust=False, confidence=0.95
        )

    found = analysis()
    began, wall = time.process_time(), time.monotonic()
    for _ in range(n_times):
        found = analysis()
    cpu, wall = time.process_time() - began, time.monotonic() - wall
    results = list(found.values())
    return {
        "cpu": cpu / n_times, "wall": wall / n_times,
        "t": float(sum(np.nansum(np.abs(r.statistic)) for r in results)),
        "p": float(sum(np.nansum(r.p_value) for r in results)),
        "variance": float(results[0].details["posterior_variance"].sum()),
        "n": int(sum((~np.isnan(r.p_value)).sum() for r in results)),
    }  # fmt: skip


if __name__ == "__main__":
    given = sys.argv
    print(json.dumps(measure(Path(given[1]), *map(int, given[2:5]))))  # noqa: T201
