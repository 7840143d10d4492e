"""What the tables of a delivery mean for each other: who is known, which slide lies where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ingest.clinic.clinical import People
from ingest.clinic.mangled import KnownIds
from ingest.clinic.samples import UNSCANNED
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow
from ingest.load_report import REFUSED
from ingest.snapshot import Key, Standing
from ingest.standing import Place
from ingest.table_step import TableResult


def known_people(
    known: Mapping[Key, Standing], result: TableResult | None, real_ids: Iterable[str]
) -> People:
    """Return who is known: everyone loaded, and the good rows of this delivery.

    `real_ids` are the loaded persons' ids as the files write them.
    """
    cohorts = {key[0]: str(s.values["cohort"]) for key, s in known.items()}
    places = dict.fromkeys(real_ids, "")
    if result is None or result.parsed is None or not result.accepted:
        return People(cohorts, frozenset(), KnownIds(places))
    table, rows = result.parsed.table, result.parsed.rows
    cohorts |= {r.key[0]: str(r.values["cohort"]) for r in rows}
    places |= {r.shown: table.where(r.source, "patient_id") for r in rows}
    aside = {k[0] for k in result.parsed.keys_aside} - cohorts.keys()
    return People(cohorts, frozenset(aside), KnownIds(places))


def without_people(people: People, result: TableResult | None) -> str:
    """Return why tables about people must wait; empty where they need not."""
    if people.cohorts or people.aside:
        return ""
    if result is None:
        return "waits for the patient table, which is not there yet"
    return "waits for the patient table, which was refused"


def sheet_waits(result: TableResult | None) -> str:
    """Return why the sample sheet of a delivery is not loaded; empty where it is."""
    if result is None or result.accepted:
        return ""
    return "was refused" if result.outcome.status == REFUSED else "waits itself"


def all_places(
    loaded: Mapping[str, Place], aside: tuple[MappedTable, list[SheetRow]] | None
) -> dict[str, Place]:
    """Return what the sheet says of each slide, its rows in quarantine (`aside`) included."""
    places = dict(loaded)
    if aside is None:
        return places
    table, rows = aside
    for row in rows:
        slide_id, block = table.text(row, "slide_id"), table.text(row, "block")
        old = places.get(slide_id)
        blocks = frozenset({int(block)}) if block.isdecimal() else None
        if old is None:
            batch, lot = (table.text(row, c) for c in ("batch", "lot"))
            places[slide_id] = Place(batch or f"{lot}/{UNSCANNED}", lot, blocks, 1)
        else:
            joined = (old.blocks or frozenset()) | (blocks or frozenset())
            places[slide_id] = replace(old, blocks=joined or None)
    return places
