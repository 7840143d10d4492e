"""Synthetic patients and healthy controls with the founding paper's Table 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.design import FOUNDING_CONTROLS, FOUNDING_PATIENTS, Design
from simulate.moments import Ints, Moments, printing_moments, whole_numbers
from simulate.moments import whole_numbers_with_total as with_total
from simulate.streams import stream

#: Below this many people only the mean is calibrated: too few numbers for a prescribed spread.
LEAST_CALIBRATED = 8

# Founding counts over 30 patients; other sizes take the same shares.
_ER_POSITIVE = 27
_PR_POSITIVE = 22
_HER2_POSITIVE = 23
_T_STAGES = (("T1", 14), ("T2", 10), ("T3-4", 6))
_BONE_SITES = (("skull", 0), ("chest", 22), ("spine", 25), ("pelvis", 14), ("limb", 6))
_UNDER_60 = 25
_AGE_SUM, _AGE_SD = 1442, 11.94
_CONTROL_AGE_SUM, _CONTROL_AGE_SD = 405, 11.1


@dataclass(frozen=True)
class Person:
    """A patient or a healthy control; clinical fields are empty for controls."""

    patient_id: str
    cohort: str
    centre_id: str
    age_years: int
    er: str = ""
    pr: str = ""
    her2: str = ""
    t_stage: str = ""
    bone_sites: tuple[str, ...] = ()


def draw_people(design: Design) -> list[Person]:
    """Return patients, then controls; codes count from P01 and C01."""
    rng = stream(design.seed, "people")
    n = design.patients
    ages = patient_ages(rng, n)
    er = _marked(rng, n, share_of(n, _ER_POSITIVE))
    pr = _marked(rng, n, share_of(n, _PR_POSITIVE), within=er)
    her2 = _marked(rng, n, share_of(n, _HER2_POSITIVE))
    stages = _stages(rng, n)
    sites = bone_sites(rng, n)
    words = np.array(["negative", "positive"])
    patients = [
        Person(
            code("P", k, n), "patient", centre_of(k, design), int(ages[k]),
            str(words[int(er[k])]), str(words[int(pr[k])]), str(words[int(her2[k])]),
            stages[k], sites[k],
        )
        for k in range(n)
    ]  # fmt: skip
    control_ages = healthy_ages(rng, design.controls)
    controls = [
        Person(code("C", k, design.controls), "control", centre_of(k, design), int(age))
        for k, age in enumerate(control_ages)
    ]
    return patients + controls


def code(letter: str, index: int, n: int) -> str:
    """Return the study code of the person with this index, from P01 on."""
    return f"{letter}{index + 1:0{max(2, len(str(n)))}d}"


def centre_of(index: int, design: Design) -> str:
    """Return the centre of the person with this index: centres alternate."""
    return centre_ids(design)[index % design.centres]


def centre_ids(design: Design) -> list[str]:
    """Return the ids of the centres; the first is the founding one."""
    return ["huzhou-synthetic", *(f"centre-{k}-synthetic" for k in range(2, design.centres + 1))]


def share_of(n: int, founding_count: int) -> int:
    """Return the count among n patients that keeps the founding share of 30."""
    return round(n * founding_count / FOUNDING_PATIENTS)


def founding_moments(n: int, founding_n: int, founding_sum: int, sd: float, half: float) -> Moments:
    """Return the moments of a score or age: printed figures at the founding size, else near.

    At other sizes the mean is kept as nearly as whole numbers allow and the spread within 5 %.
    """
    total = round(n * founding_sum / founding_n)
    return printing_moments(n, total, sd, half if n == founding_n else 0.05 * sd)


def patient_ages(rng: np.random.Generator, n: int) -> Ints:
    """Return ages: 25 and 70 attained, 25 of 30 under 60, sum and SD as printed."""
    old = max(share_of(n, FOUNDING_PATIENTS - _UNDER_60), 1)
    low = np.where(np.arange(n) < old, 60, 25)
    high = np.where(np.arange(n) < old, 70, 59)
    low[0], high[-1] = 70, 25
    start = np.where(np.arange(n) < old, rng.uniform(60, 70, n), rng.normal(45, 9, n))
    if n < LEAST_CALIBRATED:
        ages = np.clip(np.rint(start), low, high).astype(np.int64)
    else:
        moments = founding_moments(n, FOUNDING_PATIENTS, _AGE_SUM, _AGE_SD, 0.005)
        ages = whole_numbers(rng, start, moments, low, high)
    return rng.permutation(ages)


def healthy_ages(rng: np.random.Generator, n: int) -> Ints:
    """Return ages of controls, 18-50, sum and SD as printed."""
    start = rng.uniform(18, 50, n)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    if n < LEAST_CALIBRATED:
        total = round(n * _CONTROL_AGE_SUM / FOUNDING_CONTROLS)
        return with_total(rng, start, total, 18, 50)
    moments = founding_moments(n, FOUNDING_CONTROLS, _CONTROL_AGE_SUM, _CONTROL_AGE_SD, 0.05)
    return rng.permutation(whole_numbers(rng, start, moments, 18, 50))


def bone_sites(rng: np.random.Generator, n: int) -> list[tuple[str, ...]]:
    """Return each patient's regions with metastases: the founding counts, nobody without one."""
    present = np.zeros((n, len(_BONE_SITES)), dtype=bool)
    for column, (_, founding_count) in enumerate(_BONE_SITES):
        present[rng.choice(n, size=share_of(n, founding_count), replace=False), column] = True
    for patient in np.flatnonzero(~present.any(axis=1)):
        donor = rng.choice(np.flatnonzero(present.sum(axis=1) > 1))
        column = rng.choice(np.flatnonzero(present[donor]))
        present[donor, column], present[patient, column] = False, True
    names = [name for name, _ in _BONE_SITES]
    return [tuple(names[c] for c in np.flatnonzero(row)) for row in present]


def _stages(rng: np.random.Generator, n: int) -> list[str]:
    counts = [share_of(n, count) for _, count in _T_STAGES]
    counts[0] += n - sum(counts)
    names = [name for (name, _), count in zip(_T_STAGES, counts, strict=True) for _ in range(count)]
    return [names[k] for k in rng.permutation(n)]


def _marked(
    rng: np.random.Generator, n: int, count: int, within: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Mark `count` people; where `within` is given, only people marked there."""
    pool = np.arange(n) if within is None else np.flatnonzero(within)
    out = np.zeros(n, dtype=bool)
    out[rng.choice(pool, size=min(count, pool.size), replace=False)] = True
    return out
