"""The table of analgesics: one row a person × visit × drug × route."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.pain import DOSE_UNITS
from ingest.clinic.assessments import without_conflicts
from ingest.clinic.cells import UNTIL_THEN, decimal, has_decimal_commas, out_of_range
from ingest.clinic.clinical import Coder, Parsed, People, Row, level_fault, person_fault
from ingest.clinic.mangled import error_cells
from ingest.declared.study import Study
from ingest.faults import Fault, listed
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet, SheetRow

REQUIRED = ("patient_id", "visit", "drug", "route", "dose")
OPTIONAL = ("dose_unit",)
KEY = ("patient_id", "visit", "drug", "route")
#: Rule of a row that waits for another drug of its visit.
_WAITS = "dose_aside"


@dataclass(frozen=True)
class Context:
    """What the rows are judged by."""

    study: Study
    people: People
    coder: Coder


def map_analgesics(sheet: Sheet, study: Study) -> MappedTable:
    """Return the sheet under our names."""
    mapping = study.columns.get("analgesics", {})
    return map_table(sheet, "analgesics", mapping, required=REQUIRED, optional=OPTIONAL)


def parse_analgesics(table: MappedTable, context: Context) -> Parsed:
    """Return the doses; impossible cells, and rows that contradict each other, are set aside.

    A drug without a conversion factor is a good row: its person's equivalent is then not known.
    """
    commas = has_decimal_commas(table, "dose")
    rows: list[Row] = []
    aside: list[Fault] = []
    aside_rows: list[Row] = []
    for source in table.rows:
        row, found = _row(table, source, context, commas)
        aside += found
        (aside_rows if found else rows).append(row)
    kept, conflicts, n_repeated = without_conflicts(table, rows, "dose")
    torn = {r.key for r in rows} - {r.key for r in kept}
    aside_rows += [r for r in rows if r.key in torn]
    keys_aside = frozenset(r.key for r in aside_rows)
    return Parsed(table, tuple(kept), (), (*aside, *conflicts), keys_aside, n_repeated, (),
                  tuple(aside_rows))  # fmt: skip


def without_torn_sums(parsed: Parsed) -> Parsed:
    """Return the doses without those beside which a drug of the same visit is set aside.

    The equivalent is the sum over all drugs of a visit: with one of them left out it is too low,
    and less pain or the same would look like a response to treatment.
    """
    torn: dict[tuple[str, ...], list[int]] = {}
    for row in parsed.aside_rows:
        torn.setdefault(row.key[:2], []).append(row.source.line)
    held = tuple(r for r in parsed.rows if r.key[:2] in torn)
    return replace(
        parsed,
        rows=tuple(r for r in parsed.rows if r.key[:2] not in torn),
        set_aside=(*parsed.set_aside, *(_torn_fault(parsed, r, torn[r.key[:2]]) for r in held)),
        keys_aside=parsed.keys_aside | {r.key for r in held},
        aside_rows=(*parsed.aside_rows, *held),
    )


def stale_sums(parsed: Parsed, loaded: Collection[tuple[str, ...]]) -> list[Fault]:
    """Return why a table is refused: it has more drugs of a visit than the sum that stands.

    A drug that is set aside and was never loaded is missing from the sum of the drugs of its
    visit that were: that sum is known to be too low. A loaded drug whose new row is set aside
    keeps its value, as every cell does, and so do the others beside it.

    Parameters
    ----------
    loaded : keys of the doses that the warehouse has
    """
    visits = {key[:2] for key in loaded}
    waiting = {f.line for f in parsed.set_aside if f.rule_id == _WAITS}
    return [
        parsed.table.fault("dose_missing", row.source, "drug",
                           f"`{row.shown}` is set aside, and other drugs of the visit are loaded",
                           record="a drug is set aside beside loaded ones of its visit",
                           allowed="every drug of a visit, or none of them",
                           remedy="mend that row: without it the visit's sum is too low")
        for row in parsed.aside_rows
        if row.key[:2] in visits and row.key not in loaded and row.source.line not in waiting
    ]  # fmt: skip


def _torn_fault(parsed: Parsed, row: Row, lines: list[int]) -> Fault:
    beside = f"another drug of the visit is set aside: lines {listed(lines)}"
    return parsed.table.fault(_WAITS, row.source, "drug", f"`{row.shown}`: {beside}",
                              record=beside, allowed="every drug of a visit, or none of them",
                              remedy="mend that row: the sum over the drugs is not known until "
                              "then")  # fmt: skip


def _row(
    table: MappedTable, source: SheetRow, context: Context, commas: bool
) -> tuple[Row, list[Fault]]:
    person, visit = table.text(source, "patient_id"), table.text(source, "visit")
    drug, route = (table.text(source, c).lower() for c in ("drug", "route"))
    dose = _dose(table, source, context.study, commas)
    faults = [
        person_fault(table, source, context.people, context.coder),
        level_fault(table, source, "visit", context.study.visit_codes, required=True),
        level_fault(table, source, "dose_unit", DOSE_UNITS, required=False),
        *(_blank_fault(table, source, c) for c in ("drug", "route")),
        *error_cells(table, source, ["drug", "route"]),
        dose,
    ]
    values: dict[str, object] = {
        "patient_id": context.coder("patient", person) if person else "",
        "visit": visit,
        "drug": drug,
        "route": route,
        "dose": dose if isinstance(dose, Decimal) else None,
        "dose_unit": table.text(source, "dose_unit") or DOSE_UNITS[0],
    }
    key = tuple(str(values[c]) for c in KEY)
    shown = " · ".join(table.text(source, c) for c in KEY if table.text(source, c))
    return Row(key, values, source, shown), [f for f in faults if isinstance(f, Fault)]


def _blank_fault(table: MappedTable, row: SheetRow, column: str) -> Fault | None:
    if table.text(row, column):
        return None
    return table.fault("undeclared_value", row, column, f"`{column}` is blank",
                       record=f"{column} is blank",
                       allowed="the name of one; `none` where no analgesic is taken",
                       remedy="fill the cell")  # fmt: skip


def _dose(table: MappedTable, row: SheetRow, study: Study, commas: bool) -> Decimal | Fault | None:
    value = decimal(table, row, "dose", commas=commas)
    if isinstance(value, Fault):
        return value
    if value is None:
        allowed = "a number; 0 where none is taken"
        return table.fault("number", row, "dose", "`dose` is blank", record="dose is blank",
                           allowed=allowed, remedy=UNTIL_THEN)  # fmt: skip
    return out_of_range(table, row, "dose", value, study.instruments["omed_mg"], "omed") or value
