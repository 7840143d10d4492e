"""For a check: judge every table and slide as if the files it depends on were whole already.

A load stops at the first table that others depend on. Whoever mends a folder wants all problems
at once, so a check reads once more with the ids and places that a refused table at least names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ingest.clinic.clinical import People
from ingest.clinic.mangled import KnownIds
from ingest.clinic.samples import UNSCANNED
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow
from ingest.loading import Loading
from ingest.standing import Place
from ingest.table_step import TableResult


def named_people(loading: Loading, known: People, result: TableResult | None) -> People:
    """Return everyone who is known or whom the patient table names, right or wrong."""
    cohorts, places = dict(known.cohorts), dict(known.known.places)
    if result is None or result.parsed is None:
        return known
    table = result.parsed.table
    for row in table.rows:
        real, cohort = table.text(row, "patient_id"), table.text(row, "cohort")
        if not real:
            continue
        stored = loading.coder("patient", real)
        # A cohort that is wrong itself says nothing about the person's groups.
        declared = cohort if cohort in loading.study.cohorts else ""
        cohorts[stored] = declared or cohorts.get(stored, "")
        places[real] = table.where(row, "patient_id")
    return replace(known, cohorts=cohorts, aside=frozenset(), known=KnownIds(places))


def named_places(loaded: Mapping[str, Place], result: TableResult | None) -> dict[str, Place]:
    """Return the slides that are loaded or that the sample sheet names, right or wrong."""
    places = dict(loaded)
    if result is None or result.parsed is None:
        return places
    table = result.parsed.table
    found: dict[str, Place] = {}
    for row in table.rows:
        if slide_id := table.text(row, "slide_id"):
            found[slide_id] = _joined(found.get(slide_id), table, row)
    return {**places, **found}


def _joined(place: Place | None, table: MappedTable, row: SheetRow) -> Place:
    text = table.text(row, "block")
    blocks = frozenset({int(text)}) if text.isascii() and text.isdecimal() else frozenset()
    if place is None:
        batch, lot = (table.text(row, c) for c in ("batch", "lot"))
        return Place(batch or f"{lot}/{UNSCANNED}", lot, blocks or None, 1)
    joined = (place.blocks or frozenset()) | blocks
    return replace(place, blocks=joined or None, n_samples=place.n_samples + 1)
