"""The words that a new study folder begins with: visits, groups, scales. All are to be changed."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

from contracts.pain import DOSE_UNITS
from contracts.paths import SEEDS
from ingest.clinic.sample_row import BRIDGE, EMPTY
from ingest.declared.study_columns import SEXES
from ingest.declared.study_toml import shipped_instruments


@dataclass(frozen=True)
class Group:
    """A group of the first draft."""

    code: str
    label: str
    cohort: str
    visit: str


def _scales() -> tuple[str, ...]:
    return tuple(i for i, found in shipped_instruments().items() if not found.is_measure)


def _of_opioids(column: str) -> tuple[str, ...]:
    with (SEEDS / "opioid_factors.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(dict.fromkeys(r[column] for r in csv.DictReader(stream)))


@dataclass(frozen=True)
class Words:
    """What drop-downs offer and study.toml declares."""

    visits: tuple[tuple[str, str], ...] = (
        ("baseline", "Before treatment"),
        ("follow_up", "After treatment"),
    )
    groups: tuple[Group, ...] = (
        Group("before", "Patients before treatment", "patient", "baseline"),
        Group("after", "Patients after treatment", "patient", "follow_up"),
        Group("control", "Healthy controls", "control", "baseline"),
    )
    centres: tuple[str, ...] = ("centre-1",)
    instruments: tuple[str, ...] = field(default_factory=_scales)

    def choices(self) -> dict[str, tuple[str, ...]]:
        """Return, by column, what a cell may hold."""
        return {
            "visit": tuple(code for code, _ in self.visits),
            "group_code": (*(g.code for g in self.groups), BRIDGE, EMPTY),
            "cohort": tuple(dict.fromkeys(g.cohort for g in self.groups)),
            "centre_id": self.centres,
            "sex": SEXES,
            "instrument_id": self.instruments,
            "drug": _of_opioids("drug"),
            "route": _of_opioids("route"),
            "dose_unit": DOSE_UNITS,
        }
