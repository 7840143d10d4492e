"""Reading Arrow tables by column name."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts import failure
from contracts.plans import AGE_CLASSES, AGE_CUT


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def as_text(value: Any) -> str:
    """Return a cell as text the way a plan would write it: '' for null, true/false, ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def of_study(table: pa.Table, study_id: str) -> pa.Table:
    """Return the rows of one study."""
    return table.filter(pc.equal(table.column("study_id"), study_id))


def need_columns(table: pa.Table, names: Sequence[str], relation: str) -> None:
    """Raise CytomartError unless the table has all named columns."""
    lacking = [n for n in names if n not in table.column_names]
    if lacking:
        raise failure(
            f"{relation} lacks the columns {lacking}",
            allowed=", ".join(names),
            remedy="hand over the relation as the warehouse builds it",
            exit_code=4,
        )


def described_samples(
    samples: pa.Table, classes: pa.Table, quantities: pa.Table, declared: pa.Table
) -> pa.Table:
    """Return samples with a column for each further grouping and each further number.

    Parameters
    ----------
    samples : columns of `marts.dim_samples`
    classes : columns of `intermediate.int_samples_classified`
        A sample with several values of one grouping has them joined by `|`, and so belongs to
        none of their groups.
    quantities : columns of `intermediate.int_samples_quantified`
        A number stays a number, so that a model can adjust for it.
    declared : columns of `intermediate.int_columns_declared`
        Each of them is a column, all null while nothing of it is known: what a plan names is
        no mistake only because its values have not arrived.
    """
    keys = ("study_id", "sample_id")
    described = _with_columns(samples, classes, keys, "grouping", "class_value", pa.string())
    described = _with_columns(
        described, quantities, keys, "quantity", "quantity_value", pa.float64()
    )
    described = _with_empty(described, declared, False, pa.string())
    return _with_empty(described, declared, True, pa.float64())


def described_patients(
    patients: pa.Table, attributes: pa.Table, declared: pa.Table, responses: pa.Table | None = None
) -> pa.Table:
    """Return patients with a column for each clinical attribute and pain response, and `age_class`.

    Parameters
    ----------
    patients, attributes : columns of `marts.dim_patients` and `marts.dim_patient_attributes`
        Several values of one attribute are joined by `|`.
    declared : columns of `intermediate.int_columns_declared`, of which the classes count
    responses : columns of `intermediate.int_patients_responded`; None for nobody's
    """
    if "age_years" in patients.column_names:
        ages = patients["age_years"].to_pylist()
        classes = [None if a is None else AGE_CLASSES[int(a >= AGE_CUT)] for a in ages]
        patients = patients.append_column("age_class", pa.array(classes, pa.string()))
    keys = ("study_id", "patient_id")
    described = _with_columns(patients, attributes, keys, "attribute_id", "level", pa.string())
    if responses is not None:
        described = _with_columns(described, responses, keys, "attribute_id", "level", pa.string())
    return _with_empty(described, declared, False, pa.string())


def _with_empty(
    table: pa.Table, declared: pa.Table, is_number: bool, arrow_type: pa.DataType
) -> pa.Table:
    """Return a table with an empty column for each declared one of a kind that it lacks."""
    names = {r["column_name"] for r in rows(declared) if r["is_number"] == is_number}
    for name in sorted(names - set(table.column_names)):
        table = table.append_column(name, pa.nulls(table.num_rows, arrow_type))
    return table


def _with_columns(
    table: pa.Table,
    long: pa.Table,
    keys: tuple[str, str],
    name_column: str,
    value_column: str,
    arrow_type: pa.DataType,
) -> pa.Table:
    """Return a table with a column for each name of a long table that it does not have yet."""
    found: dict[str, dict[tuple[str, ...], list[Any]]] = {}
    for row in rows(long):
        if row[name_column] not in table.column_names and row[value_column] is not None:
            cells = found.setdefault(row[name_column], {})
            cells.setdefault(tuple(row[k] for k in keys), []).append(row[value_column])
    places = list(zip(*(table[k].to_pylist() for k in keys), strict=True))
    for name, cells in sorted(found.items()):
        column = [_cell(cells.get(place, [])) for place in places]
        table = table.append_column(name, pa.array(column, arrow_type))
    return table


def _cell(values: list[Any]) -> Any:
    return "|".join(sorted(values)) if len(values) > 1 else values[0] if values else None
