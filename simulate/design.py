"""How large a synthetic study is, and what `write_study` gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contracts import CytomartError, Problem

#: Sizes of the founding study, at which every printed figure is met exactly.
FOUNDING_PATIENTS = 30
FOUNDING_CONTROLS = 10
FOUNDING_TARGETS = 80
BLOCKS_PER_SLIDE = 8


@dataclass(frozen=True)
class Design:
    """Sizes and seed of a synthetic study.

    Parameters
    ----------
    patients, controls : int
        People with serum before and after radiotherapy, and healthy people seen once.
    targets : int
        Analytes on the panel: 80 is the shipped panel, fewer a subset of it, more adds
        invented ones (`SYN-081` …).
    visits : int
        Visits of a patient, the baseline included; all of a patient's samples share a slide.
    centres, lots : int
        Recruiting centres, and production lots of the arrays.
    seed : int
        Another seed gives other people with the same calibration.
    missing_follow_up : int
        Patients who come to the baseline only.
    missed_visits : int
        Patients who miss one of the visits after baseline and come to the others.
    bridges : int
        Baseline samples of the first lot that are measured again on the slides of every other
        lot, as bridge samples.
    study_id : str or None
        None names the study after its sizes and seed.

    Raises
    ------
    CytomartError
        Lists every size that is out of range.
    """

    patients: int = FOUNDING_PATIENTS
    controls: int = FOUNDING_CONTROLS
    targets: int = FOUNDING_TARGETS
    visits: int = 2
    centres: int = 1
    lots: int = 1
    seed: int = 7
    missing_follow_up: int = 0
    missed_visits: int = 0
    bridges: int = 0
    study_id: str | None = None

    def __post_init__(self) -> None:
        limits = {
            "patients": (2, 1_000_000),
            "controls": (0, 1_000_000),
            "targets": (12, 20_000),
            "visits": (1, BLOCKS_PER_SLIDE - 1 if self.bridges else BLOCKS_PER_SLIDE),
            "centres": (1, 1_000),
            "lots": (1, 1_000),
            "seed": (0, 2**63 - 1),
            "missing_follow_up": (0, self.patients if self.visits > 1 else 0),
            "missed_visits": (0, max(self.patients - self.missing_follow_up, 0))
            if self.visits > 2
            else (0, 0),
            "bridges": (0, BLOCKS_PER_SLIDE if self.lots > 1 else 0),
        }
        problems = [
            Problem(
                f"{name} is {getattr(self, name)}",
                where="size of the synthetic study",
                allowed=f"a whole number from {low} to {high}",
                remedy=f"choose another --{name.replace('_', '-')}",
            )
            for name, (low, high) in limits.items()
            if not low <= getattr(self, name) <= high
        ]
        if problems:
            raise CytomartError(problems)

    @property
    def name(self) -> str:
        """Id of the study."""
        if self.study_id is not None:
            return self.study_id
        if self == Design():
            return "founding-synthetic"
        if self == Design(seed=self.seed):
            return f"founding-synthetic-seed-{self.seed}"
        sizes = f"p{self.patients}-c{self.controls}-t{self.targets}-v{self.visits}"
        lots = f"l{self.lots}-b{self.bridges}" if self.bridges else f"l{self.lots}"
        return f"synthetic-{sizes}-z{self.centres}-{lots}-seed-{self.seed}"

    @property
    def is_founding(self) -> bool:
        """Whether groups, visits and targets are those that the founding paper writes of."""
        founding = Design()
        return (self.patients, self.controls, self.targets, self.visits) == (
            founding.patients, founding.controls, founding.targets, founding.visits,
        )  # fmt: skip

    @property
    def visit_codes(self) -> tuple[str, ...]:
        """Codes of the visits in order: baseline, follow_up, follow_up_2 …."""
        later = [f"follow_up_{k}" if k > 1 else "follow_up" for k in range(1, self.visits)]
        return ("baseline", *later)

    @property
    def patient_groups(self) -> tuple[str, ...]:
        """Group code of each visit of a patient: A, B, B2 …."""
        later = [f"B{k}" if k > 1 else "B" for k in range(1, self.visits)]
        return ("A", *later)

    @property
    def groups(self) -> tuple[str, ...]:
        """All group codes; C (healthy) only where there are controls."""
        return (*self.patient_groups, "C") if self.controls else self.patient_groups

    @property
    def contrasts(self) -> tuple[tuple[str, str], ...]:
        """Numerator and denominator group of every contrast of the plan."""
        independent = [("A", "C"), ("B", "C")] if self.controls else []
        paired = [(group, "A") for group in self.patient_groups[1:]]
        return tuple(pair for pair in (*independent, *paired) if set(pair) <= set(self.groups))


@dataclass(frozen=True)
class Study:
    """A synthetic study on disk.

    Parameters
    ----------
    folder : Path
        The study folder.
    truth_path : Path
        Table of the true log2 fold changes, for tests only; no part of the study.
    study_id : str
    slide_ids : tuple of str
        One scanner file each.
    n_samples, n_empty_blocks : int
    """

    folder: Path
    truth_path: Path
    study_id: str
    slide_ids: tuple[str, ...]
    n_samples: int
    n_empty_blocks: int
