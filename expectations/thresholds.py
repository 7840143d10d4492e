"""Thresholds with their sources: the shipped seed, overridden by the study with a reason."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from contracts import failure
from contracts.paths import SEEDS

SEED = SEEDS / "gate_thresholds.csv"


@dataclass(frozen=True)
class Threshold:
    """A number, where it comes from, and whether a study may set its own."""

    rule_id: str
    severity: str
    value: float
    source: str

    @property
    def is_fixed(self) -> bool:
        """Integrity rules cannot be accepted, so they cannot be loosened either."""
        return self.severity == "integrity"


def shipped(path: Path = SEED) -> dict[str, Threshold]:
    """Return the thresholds of the seed by rule.

    Raises
    ------
    CytomartError
        A rule stands twice, or a row lacks its number or its source.
    """
    out: dict[str, Threshold] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for line, row in enumerate(csv.DictReader(handle), start=2):
            where = f"{path.name}, line {line}"
            value = _number(row["threshold"])
            if not math.isfinite(value) or not row["source"].strip() or row["rule_id"] in out:
                raise failure(
                    f"rule {row['rule_id']!r} has no number, no source, or stands twice",
                    where=where,
                    allowed="one row per rule with a finite threshold and its source",
                    exit_code=4,
                )
            out[row["rule_id"]] = Threshold(row["rule_id"], row["severity"], value, row["source"])
    return out


def in_force(con: DuckDBPyConnection, study_id: str) -> dict[str, Threshold]:
    """Return the thresholds for a study: its own where it may set one, else the shipped ones."""
    base = shipped()
    out = dict(base)
    for rule_id, value, reason in _overrides(con, study_id):
        if _is_usable(base.get(rule_id), value):
            out[rule_id] = Threshold(
                rule_id, base[rule_id].severity, value, f"set by the study: {reason}"
            )
    return out


def unusable_overrides(con: DuckDBPyConnection, study_id: str) -> tuple[int, list[str]]:
    """Return how many thresholds the study sets, and those that name nothing it may set."""
    base = shipped()
    rows = _overrides(con, study_id)
    return len(rows), sorted(r for r, value, _ in rows if not _is_usable(base.get(r), value))


def _is_usable(shipped_one: Threshold | None, value: float) -> bool:
    return shipped_one is not None and not shipped_one.is_fixed and math.isfinite(value)


def _overrides(con: DuckDBPyConnection, study_id: str) -> list[tuple[str, float, str]]:
    return con.execute(
        "select rule_id, threshold, reason from raw.study_thresholds where study_id = ? "
        "order by rule_id",
        [study_id],
    ).fetchall()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
