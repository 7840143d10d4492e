"""Pain, quality of life, analgesics and dates of synthetic patients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from contracts import failure
from simulate.design import FOUNDING_PATIENTS, Design
from simulate.moments import Ints, whole_numbers, whole_numbers_with_total
from simulate.people import LEAST_CALIBRATED, founding_moments
from simulate.streams import stream

VAS_ID = "vas_pain_0_10"
QOL_ID = "qol_unnamed"
QOL_BASELINE_SD = 5.70
_FIRST_DAY, _LAST_DAY = date(2017, 6, 1), date(2021, 5, 31)
_LEAST_CORRELATION, _MOST_CORRELATION = 0.3, 0.7
_DOSES_MG = np.array([10, 15, 20, 30, 40, 60, 80, 120])


@dataclass(frozen=True)
class _Scale:
    """Sum over the founding 30, printed SD and bounds of a score, in its smallest steps."""

    founding_sum: int
    sd: float
    half_width: float
    low: int = 0
    high: int = 100


# Pain is counted in tenths of a point, so that sums are exact.
_VAS = (_Scale(1668, 13.4, 0.05), _Scale(1170, 23.1, 0.05))
_QOL = (_Scale(810, QOL_BASELINE_SD, 0.005), _Scale(1436, 9.17, 0.005))


@dataclass(frozen=True)
class Clinic:
    """Scores, doses and days, each of shape (patients, visits).

    Parameters
    ----------
    vas_tenths : ndarray of int
        Pain 0-10 in tenths of a point.
    qol : ndarray of int
    omed_mg : ndarray of int
        Daily oral morphine equivalent.
    seen_on : list of list of date
        Day of the visit: blood and questionnaires.
    is_seen : ndarray of bool
        False where a patient did not come back.
    control_seen_on : list of date
    """

    vas_tenths: Ints
    qol: Ints
    omed_mg: Ints
    seen_on: list[list[date]]
    is_seen: NDArray[np.bool_]
    control_seen_on: list[date]


def draw_clinic(design: Design) -> Clinic:
    """Return what the clinic recorded of every patient, and when controls gave blood."""
    seed, n, visits = design.seed, design.patients, design.visits
    is_seen = np.ones((n, visits), dtype=bool)
    lost = stream(seed, "lost").choice(n, size=design.missing_follow_up, replace=False)
    is_seen[lost, 1:] = False
    is_seen[_missed(design, lost)] = False
    control_rng = stream(seed, "control dates")
    return Clinic(
        vas_tenths=_scores(stream(seed, "vas"), _VAS, n, visits),
        qol=_scores(stream(seed, "qol"), _QOL, n, visits),
        omed_mg=daily_doses(stream(seed, "omed"), n, visits),
        seen_on=[_visit_days(stream(seed, "dates", k), visits) for k in range(n)],
        is_seen=is_seen,
        control_seen_on=[_enrolled_on(control_rng, 0) for _ in range(design.controls)],
    )


def _missed(design: Design, lost: Ints) -> tuple[Ints, Ints]:
    """Return patients, of those who came back, and the one later visit that each missed."""
    rng = stream(design.seed, "missed")
    others = np.setdiff1d(np.arange(design.patients), lost)
    patients = rng.choice(others, size=design.missed_visits, replace=False)
    visits = rng.integers(1, max(design.visits, 2), size=design.missed_visits)
    return patients, visits


def _scores(rng: np.random.Generator, scales: tuple[_Scale, _Scale], n: int, visits: int) -> Ints:
    columns = [_marginal(rng, scales[0], n)]
    for _ in range(visits - 1):
        columns.append(rearranged(rng, columns[-1], _marginal(rng, scales[1], n)))
    return np.column_stack(columns)


def _marginal(rng: np.random.Generator, scale: _Scale, n: int) -> Ints:
    start = rng.normal(scale.founding_sum / FOUNDING_PATIENTS, scale.sd, n)
    if n < LEAST_CALIBRATED:
        total = round(n * scale.founding_sum / FOUNDING_PATIENTS)
        return whole_numbers_with_total(rng, start, total, scale.low, scale.high)
    moments = founding_moments(n, FOUNDING_PATIENTS, scale.founding_sum, scale.sd, scale.half_width)
    return rng.permutation(whole_numbers(rng, start, moments, scale.low, scale.high))


def rearranged(rng: np.random.Generator, before: Ints, after: Ints) -> Ints:
    """Return `after` in another order, correlated 0.3-0.7 with `before`.

    The same numbers are dealt out by the ranks of a variable that is correlated with `before`;
    fewer people than can be calibrated are left as drawn.

    Raises
    ------
    CytomartError
        Where no order was found.
    """
    if before.size < LEAST_CALIBRATED:
        return after
    standard = (before - before.mean()) / before.std()
    aim = rng.uniform(0.4, 0.6)
    for _ in range(200):
        latent = aim * standard + np.sqrt(1 - aim**2) * rng.standard_normal(before.size)
        dealt = np.sort(after)[latent.argsort().argsort()]
        reached = np.corrcoef(before, dealt)[0, 1]
        if _LEAST_CORRELATION + 0.05 < reached < _MOST_CORRELATION - 0.05:
            return dealt
    raise failure(
        f"no order of {before.size} scores has a correlation of 0.35-0.65 with the visit before",
        where="simulated clinical values",
        allowed="scores that vary at both visits",
        remedy="choose another seed",
    )


def daily_doses(rng: np.random.Generator, n: int, visits: int) -> Ints:
    """Return daily oral morphine equivalents in mg: a fifth start without, then up, down, same."""
    rank = rng.integers(len(_DOSES_MG), size=n)
    rank = np.where(rng.random(n) < 0.2, -1, rank)
    columns = [rank]
    for _ in range(visits - 1):
        step = rng.choice([-2, -1, 0, 1], size=n, p=[0.15, 0.30, 0.40, 0.15])
        columns.append(np.clip(columns[-1] + step, -1, len(_DOSES_MG) - 1))
    ranks = np.column_stack(columns)
    return np.where(ranks < 0, 0, _DOSES_MG[ranks]).astype(np.int64)


def _visit_days(rng: np.random.Generator, visits: int) -> list[date]:
    """Blood about a week before radiotherapy, about a week after its end, then monthly."""
    before, course, after = rng.integers(5, 10), rng.choice([1, 5, 12]), rng.integers(5, 10)
    offsets = [0, int(before + course + after)]
    offsets += [offsets[1] + 30 * k + int(rng.integers(-3, 4)) for k in range(1, visits - 1)]
    start = _enrolled_on(rng, max(offsets[:visits]))
    return [start + timedelta(days=offset) for offset in offsets[:visits]]


def _enrolled_on(rng: np.random.Generator, days_needed: int) -> date:
    span = (_LAST_DAY - _FIRST_DAY).days - days_needed
    return _FIRST_DAY + timedelta(days=int(rng.integers(0, span + 1)))
