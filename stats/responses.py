"""Rates of pain response: over everybody, and over those who can be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pyarrow as pa

from contracts import from_rows
from contracts.pain import DEFINITIONS, EVALUABLE, INTENTION_TO_TREAT, RESPONSE_RATES
from stats.methods.clopper_pearson import clopper_pearson
from stats.recipes.computed import CONFIDENCE
from stats.rows import sorted_by_key
from stats.tables import need_columns, rows

_COLUMNS = (
    "study_id", "patient_id", "visit", "instrument_id", "site_id", "cohort", "is_index_site",
    "is_evaluable", "is_dose_known", "is_responder", "is_pain_only_responder",
)  # fmt: skip
#: The cohort whose response is told, as in the other tables of patients.
_PATIENTS = "patient"
_PERSONS, _SITES = "persons", "sites"
NO_DOSES = "the doses of analgesics are not known of anybody"
NOBODY = "nobody can be judged"
SITES_SHARED = "no interval: sites of one person are not independent"


def response_rates(responses: pa.Table) -> pa.Table:
    """Return the rates of responders as rows of `stats.stat_response_rates`.

    Parameters
    ----------
    responses : columns of `marts.fct_pain_responses`, of one or several studies
        The cohort `patient` counts. Persons count by their index site; where a scale is scored
        by site, all sites are counted too, without an interval.
    """
    need_columns(responses, _COLUMNS, "fct_pain_responses")
    by_visit: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows(responses):
        if row["cohort"] == _PATIENTS:
            key = (row["study_id"], row["instrument_id"], row["visit"])
            by_visit.setdefault(key, []).append(row)
    found = [rate for key, judged in by_visit.items() for rate in _of_visit(key, judged)]
    return sorted_by_key(from_rows(found, RESPONSE_RATES), RESPONSE_RATES)


def _of_visit(key: tuple[str, str, str], judged: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    counted = {_PERSONS: [r for r in judged if r["is_index_site"]]}
    if any(r["site_id"] for r in judged):
        counted[_SITES] = [r for r in judged if r["site_id"]]
    for over, definition in product(counted, DEFINITIONS):
        evaluable = [r for r in counted[over] if _is_evaluable(r, definition)]
        n_responders = sum(_is_responder(r, definition) for r in evaluable)
        why = "" if evaluable else _why_nobody(counted[over])
        for name, n in ((INTENTION_TO_TREAT, len(counted[over])), (EVALUABLE, len(evaluable))):
            yield {
                **dict(zip(("study_id", "instrument_id", "visit"), key, strict=True)),
                "counted_over": over,
                "definition": definition,
                "denominator": name,
                **_rate(n_responders, n, why, is_shared=over == _SITES),
            }


def _is_evaluable(row: Mapping[str, Any], definition: str) -> bool:
    return bool(row["is_evaluable"] and (definition == "pain_only" or row["is_dose_known"]))


def _is_responder(row: Mapping[str, Any], definition: str) -> bool:
    # The letter of the publication parts from ours among progressions alone.
    return bool(row["is_pain_only_responder" if definition == "pain_only" else "is_responder"])


def _why_nobody(counted: list[dict[str, Any]]) -> str:
    """Return why nobody can be judged: a rate of 0 would say that nobody responded."""
    return NO_DOSES if any(r["is_evaluable"] for r in counted) else NOBODY


def _rate(n_responders: int, n: int, why: str, *, is_shared: bool) -> dict[str, Any]:
    low, high = (float(b) for b in clopper_pearson(n_responders, n, confidence=CONFIDENCE))
    has_interval = not why and not is_shared
    return {
        "n": n,
        "n_responders": n_responders,
        "responder_frac": None if why else n_responders / n,
        "ci_low_frac": low if has_interval else None,
        "ci_high_frac": high if has_interval else None,
        "reason": why or (SITES_SHARED if is_shared else ""),
    }
