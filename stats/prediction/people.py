"""Who enters a prediction: persons with a baseline sample and a known outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stats.design import Levels, Rows, Sheet, chosen_rows, rows_within_subset
from stats.detection import BELOW_LOD
from stats.methods.arrays import Flags
from stats.outcomes import meets
from stats.plan import Analysis
from stats.prediction.standardised import Predictors


@dataclass(frozen=True)
class People:
    """The persons of a prediction, by their baseline samples.

    Parameters
    ----------
    rows : (n_persons,), rows of the sheet
    is_event : (n_persons,), whether the outcome is the plan's event
    n_without_outcome : persons with a baseline sample whose outcome is unknown, of the cohorts in
        which it is known of anyone
    n_without_sample : persons with an outcome and no sample of the baseline
    """

    rows: Rows
    is_event: Flags
    n_without_outcome: int
    n_without_sample: int

    @property
    def n_events(self) -> int:
        """Persons with the event."""
        return int(self.is_event.sum())

    @property
    def n_effective(self) -> int:
        """Persons in the smaller class: what a model can learn from."""
        return min(self.n_events, len(self.rows) - self.n_events)


def read_people(
    analysis: Analysis, sheet: Sheet, patients: Sequence[Mapping[str, Any]] = ()
) -> People:
    """Return who enters an analysis of kind prediction, one baseline sample a person.

    Parameters
    ----------
    patients : rows of `described_patients`, one study
        Who has an outcome and no sample at all stands here alone; whether they meet a subset that
        names a column of samples nobody can say, and then they are not counted.
    """
    outcome = sheet.columns[analysis.outcome]
    rows = chosen_rows(analysis, sheet)
    known = np.array([bool(outcome[i]) for i in rows], dtype=np.bool_)
    kept = rows[known]
    every = rows_within_subset(analysis, sheet)
    with_outcome = {sheet.columns["patient_id"][i] for i in every if outcome[i]}
    with_outcome |= _listed_with_outcome(analysis, patients)
    cohorts = _cohorts(sheet, [i for i in every.tolist() if outcome[i]])
    lacking = [i for i, cohort in zip(rows[~known].tolist(), _of(sheet, rows[~known]), strict=True)
               if cohort in cohorts]  # fmt: skip
    return People(
        rows=kept,
        is_event=np.array([outcome[i] == analysis.event for i in kept], dtype=np.bool_),
        n_without_outcome=len(lacking),
        n_without_sample=len(with_outcome - set(sheet.patients(rows.tolist()))),
    )


def _listed_with_outcome(analysis: Analysis, patients: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the persons with an outcome who meet the subset by what is known of persons."""
    return {
        str(p["patient_id"])
        for p in patients
        if p.get(analysis.outcome)
        and all(column in p for column, _ in analysis.subset)
        and meets(analysis, p)
    }


def read_predictors(levels: Levels, people: People) -> Predictors:
    """Return the levels of the persons, and which of the missing lie below the limit."""
    matrix = levels.take(people.rows)
    is_low = np.zeros(matrix.shape, dtype=np.bool_)
    if BELOW_LOD in levels.class_names:
        below = levels.classes[people.rows] == levels.class_names.index(BELOW_LOD)
        is_low = np.asarray(below & np.isnan(matrix), dtype=np.bool_)
    return Predictors(matrix, is_low)


def _cohorts(sheet: Sheet, rows: list[int]) -> set[str]:
    return set(_of(sheet, np.array(rows, dtype=np.intp)))


def _of(sheet: Sheet, rows: Rows) -> list[str]:
    cohorts = sheet.columns.get("cohort")
    return [cohorts[i] if cohorts else "" for i in rows.tolist()]
