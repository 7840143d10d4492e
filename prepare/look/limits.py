"""From when on a figure deserves a look: the warehouse's own limits, and two of this room."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from contracts.paths import SEEDS

#: The plane must explain this much of the background's variance, and rise by this share of the
#: slide's median background from end to end, to be called a gradient (house rule).
GRADIENT_R_SQUARED = 0.3
GRADIENT_CHANGE_FRAC = 0.5
#: Edge background against the background inside (house rule).
EDGE_RATIO = 1.5
#: Correlation with arrays of the same layout below which agreement is poor whatever its spread.
MIN_CORRELATION = 0.5


@dataclass(frozen=True)
class Limit:
    """Above `watch` a figure deserves a look, above `poor` it is bad; with the reason."""

    label: str
    watch: float
    poor: float
    source: str


@cache
def array_limits() -> dict[str, Limit]:
    """Return the limits of the seed array_quality_limits, by metric."""
    with (SEEDS / "array_quality_limits.csv").open(encoding="utf-8", newline="") as stream:
        return {
            r["metric"]: Limit(r["metric_label"], float(r["watch_limit"]), float(r["poor_limit"]),
                               r["source"])
            for r in csv.DictReader(stream)
        }  # fmt: skip


@cache
def gate_threshold(rule_id: str) -> float:
    """Return the shipped threshold of a batch rule."""
    with (SEEDS / "gate_thresholds.csv").open(encoding="utf-8", newline="") as stream:
        return next(float(r["threshold"]) for r in csv.DictReader(stream)
                    if r["rule_id"] == rule_id)  # fmt: skip
