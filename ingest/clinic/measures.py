"""Numbers that study.toml declares of persons or samples, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ingest.clinic.cells import decimal, has_decimal_commas, out_of_range
from ingest.declared.study import Measure
from ingest.faults import Fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow


def measure_cells(
    table: MappedTable, row: SheetRow, measures: Sequence[Measure], commas: Mapping[str, bool]
) -> tuple[dict[str, object], list[Fault]]:
    """Return a row's numbers by their ids, None where blank or wrong, and what is wrong.

    Parameters
    ----------
    commas : whether a column's fractions are written with a comma, by id
    """
    values: dict[str, object] = {}
    faults = []
    for measure in measures:
        found = measure_cell(table, row, measure, commas=commas[measure.measure_id])
        if isinstance(found, Fault):
            faults.append(found)
        values[measure.measure_id] = None if isinstance(found, Fault) else found
    return values, faults


def measure_cell(
    table: MappedTable, row: SheetRow, measure: Measure, *, commas: bool
) -> float | Fault | None:
    """Return a cell's number, None where it is blank, or a fault: no number, or out of range."""
    column = measure.measure_id
    value = decimal(table, row, column, commas=commas)
    if not isinstance(value, Decimal):
        return value
    return out_of_range(table, row, column, value, measure.range, "measure") or float(value)


def decimal_commas(table: MappedTable, measures: Sequence[Measure]) -> dict[str, bool]:
    """Return which columns of numbers have decimal commas, by id."""
    return {m.measure_id: has_decimal_commas(table, m.measure_id) for m in measures}
