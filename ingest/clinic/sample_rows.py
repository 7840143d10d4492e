"""The rows of a sample sheet in which nothing is wrong: every text of a column is judged once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import repeat
from typing import TypeVar

from ingest.clinic.cells import iso_date
from ingest.clinic.clinical import Row
from ingest.clinic.measures import measure_cell
from ingest.clinic.sample_row import (
    BRIDGE_ID,
    EMPTY,
    TEXTS,
    Context,
    SampleSheet,
    block_of,
    early_fault,
    misplaced,
    protein_of,
    row_of,
)
from ingest.declared.study import Measure
from ingest.faults import Fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow

Value = TypeVar("Value")


def first_days(table: MappedTable, context: Context) -> dict[str, date]:
    """Return each person's first day at the baseline visit in the file, by the stored id."""
    days, baseline = _days(table, context), context.study.baseline_visit
    cells = (table.texts(c) for c in ("visit", "collected_on", "patient_id"))
    found: dict[str, date] = {}
    for visit, text, real in zip(*cells, strict=True):
        day = days.get(text)
        if visit == baseline and day is not None:
            person = context.coder("patient", real)
            found[person] = min(day, found.get(person, day))
    return found


def sound_rows(sheet: SampleSheet) -> Iterator[Row | None]:
    """Yield the sample of every row, None where `misassigned` or `read_row` must say what is wrong.

    What hangs on one cell is judged once a text; visit, group and cohort once a combination.
    """
    table, context = sheet.table, sheet.context
    days = _days(table, context)
    blocks = _sound(table, "block", lambda row: block_of(table, row, context.study))
    proteins = _sound(table, "total_protein_mg_ml", lambda row: _protein(sheet, row))
    numbers = {
        m.measure_id: _sound(table, m.measure_id, partial(_number, sheet, m)) for m in sheet.numbers
    }
    number_texts = (
        zip(*(table.texts(name) for name in numbers), strict=True)
        if numbers
        else repeat((), len(table.rows))
    )
    baseline = context.study.baseline_visit
    fits: dict[tuple[str, str, str], bool] = {}
    texts = zip(*(table.texts(c) for c in TEXTS), strict=True)
    typed = (table.texts(c) for c in ("block", "collected_on", "total_protein_mg_ml", BRIDGE_ID))
    rows = zip(table.rows, texts, number_texts, *typed, strict=True)
    for row, own, number, block, day_text, protein, bridge in rows:
        _, person, visit, group, _ = own
        cohort = _cohort(context, person)
        if cohort is None or group == EMPTY or bridge:
            yield None
            continue
        is_fit = fits.get((visit, group, cohort))
        if is_fit is None:
            is_fit = fits[visit, group, cohort] = not misplaced(table, row, context)
        cells = dict(zip(numbers, number, strict=True))
        if not is_fit or block not in blocks or day_text not in days or protein not in proteins:
            yield None
            continue
        if any(text not in numbers[name] for name, text in cells.items()):
            yield None
            continue
        day = days[day_text]
        is_early = day is not None and visit != baseline and early_fault(sheet, row, day)
        yield (
            None if is_early
            else row_of(sheet, row, own, blocks[block], day, proteins[protein],
                        {name: numbers[name][text] for name, text in cells.items()})
        )  # fmt: skip


def _cohort(context: Context, person: str) -> str | None:
    """Return the cohort of a person who is known and not in quarantine."""
    stored = context.coder("patient", person) if person else ""
    return None if stored in context.people.aside else context.people.cohorts.get(stored)


def _days(table: MappedTable, context: Context) -> dict[str, date | None]:
    return _sound(table, "collected_on",
                  lambda row: iso_date(table, row, "collected_on", context.today))  # fmt: skip


def _number(sheet: SampleSheet, measure: Measure, row: SheetRow) -> float | Fault | None:
    commas = sheet.number_commas[measure.measure_id]
    return measure_cell(sheet.table, row, measure, commas=commas)


def _protein(sheet: SampleSheet, row: SheetRow) -> float | Fault | None:
    value, outside = protein_of(sheet, row)
    return outside or (float(value) if isinstance(value, Decimal) else value)


def _sound(
    table: MappedTable, column: str, judge: Callable[[SheetRow], Value | Fault]
) -> dict[str, Value]:
    """Return the value of each text of a column, of those that are right."""
    judged = {text: judge(row) for text, row in table.examples(column).items()}
    return {text: value for text, value in judged.items() if not isinstance(value, Fault)}
