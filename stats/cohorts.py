"""How much cohorts differ at the start: standardised differences of what Table 1 shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from contracts import from_rows
from contracts.stats import COHORT_DIFFERENCES
from stats.methods.standardised_difference import difference_of_numbers, difference_of_shares
from stats.rows import sorted_by_key
from stats.tables import need_columns, rows

#: The cohort that others are compared with.
_FIRST = "patient"
_Key = tuple[str, str]


@dataclass(frozen=True)
class _Levels:
    """Values of a clinical attribute in their order, and whether a person can have several."""

    is_multiple: bool = False
    names: list[str] = field(default_factory=list)


def cohort_differences(
    patients: pa.Table, attributes: pa.Table, declared: pa.Table, measured: pa.Table
) -> pa.Table:
    """Return rows of `stats.stat_cohort_differences` for every pair of cohorts.

    Parameters
    ----------
    patients, attributes : columns of `marts.dim_patients` and `marts.dim_patient_attributes`
    declared : columns of `staging.stg_raw__attributes`
        Order of levels, and which attributes have several a person: of those each level is
        compared by itself.
    measured : columns of `staging.stg_raw__patient_measures`
        Only what both cohorts have a value of is compared; persons without one are left out.
    """
    need_columns(patients, ("study_id", "patient_id", "cohort", "sex", "age_years"), "dim_patients")
    people = rows(patients)
    cohorts = {(r["study_id"], r["patient_id"]): r["cohort"] for r in people}
    found = [
        *_of_numbers(_numbers(people, rows(measured)), cohorts),
        *_of_classes(_classes(people, rows(attributes)), cohorts, _levels(declared)),
    ]
    return sorted_by_key(from_rows(found, COHORT_DIFFERENCES), COHORT_DIFFERENCES)


def _numbers(
    people: list[dict[str, Any]], measured: list[dict[str, Any]]
) -> dict[_Key, dict[str, float]]:
    """Return the number of each person, by study and characteristic."""
    found: dict[_Key, dict[str, float]] = {}
    for r in people:
        if r["age_years"] is not None:
            of_age = found.setdefault((r["study_id"], "age_years"), {})
            of_age[r["patient_id"]] = float(r["age_years"])
    for r in measured:
        of_measure = found.setdefault((r["study_id"], r["measure_id"]), {})
        of_measure[r["patient_id"]] = float(r["measure_value"])
    return found


def _classes(
    people: list[dict[str, Any]], attributes: list[dict[str, Any]]
) -> dict[_Key, dict[str, set[str]]]:
    """Return the classes of each person, by study and characteristic."""
    found: dict[_Key, dict[str, set[str]]] = {}
    for r in people:
        found.setdefault((r["study_id"], "sex"), {})[r["patient_id"]] = {r["sex"]}
    for r in attributes:
        of_attribute = found.setdefault((r["study_id"], r["attribute_id"]), {})
        of_attribute.setdefault(r["patient_id"], set()).add(r["level"])
    return found


def _levels(declared: pa.Table) -> dict[_Key, _Levels]:
    found: dict[_Key, _Levels] = {}
    for r in sorted(rows(declared), key=lambda r: r["level_order"]):
        key = (r["study_id"], r["attribute_id"])
        found.setdefault(key, _Levels(bool(r["is_multiple"]))).names.append(r["level"])
    return found


def _of_numbers(
    numbers: Mapping[_Key, Mapping[str, float]], cohorts: Mapping[_Key, str]
) -> Iterator[dict[str, Any]]:
    for key, values in numbers.items():
        for pair, first, second in _pairs(key[0], values, cohorts):
            a, b = ([values[p] for p in side] for side in (first, second))
            yield _row(key, "", pair, (a, b), difference_of_numbers(a, b))


def _of_classes(
    classes: Mapping[_Key, Mapping[str, set[str]]],
    cohorts: Mapping[_Key, str],
    declared: Mapping[_Key, _Levels],
) -> Iterator[dict[str, Any]]:
    for key, values in classes.items():
        known = declared.get(key, _Levels())
        others = sorted(set().union(*values.values()) - set(known.names))
        names = [*known.names, *others]
        for pair, *sides in _pairs(key[0], values, cohorts):
            counts = np.array([[sum(n in values[p] for p in s) for n in names] for s in sides])
            if not known.is_multiple:
                yield _row(key, "", pair, sides, difference_of_shares(*counts))
                continue
            sizes = np.array([len(s) for s in sides])
            for name, having in zip(names, counts.T, strict=True):
                shares = difference_of_shares(*np.column_stack([having, sizes - having]))
                yield _row(key, name, pair, sides, shares)


def _pairs(
    study_id: str, values: Collection[str], cohorts: Mapping[_Key, str]
) -> Iterator[tuple[tuple[str, str], list[str], list[str]]]:
    """Yield each pair of cohorts with the persons of either who have a value; patients first."""
    members: dict[str, list[str]] = {}
    for patient in sorted(values):
        if (study_id, patient) in cohorts:
            members.setdefault(cohorts[study_id, patient], []).append(patient)
    names = sorted(members, key=lambda c: (c != _FIRST, c))
    for first, second in combinations(names, 2):
        yield (first, second), members[first], members[second]


def _row(
    key: _Key,
    level: str,
    pair: tuple[str, str],
    sides: Collection[Collection[Any]],
    found: tuple[float, str],
) -> dict[str, Any]:
    n_numerator, n_denominator = (len(s) for s in sides)
    difference, reason = found
    return {
        "study_id": key[0],
        "characteristic_id": key[1],
        "level": level,
        "numerator_cohort": pair[0],
        "denominator_cohort": pair[1],
        "standardised_difference": None if reason else difference,
        "n_numerator": n_numerator,
        "n_denominator": n_denominator,
        "reason": reason,
    }
