"""Bring rows into a relation's declared shape, or say why they do not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from contracts.errors import failure
from contracts.relation import Relation


def conform(table: pa.Table, relation: Relation) -> pa.Table:
    """Return `table` with exactly the relation's columns, order and types.

    Texts may stay dictionary-encoded: for the database they are the same.

    Raises
    ------
    CytomartError
        A column is missing or unknown, a value does not fit its type, or a column that must
        not be null holds a null.
    """
    missing = [n for n in relation.column_names if n not in table.column_names]
    unknown = [n for n in table.column_names if n not in relation.column_names]
    if missing or unknown:
        raise failure(
            f"rows for {relation.full_name} lack {missing} and bring unknown {unknown}",
            allowed=", ".join(relation.column_names),
            exit_code=4,
        )
    schema = relation.arrow_schema()
    columns = []
    for number, column in enumerate(relation.columns):
        values = table.column(column.name)
        wanted = column.arrow_type
        if pa.types.is_dictionary(values.type) and values.type.value_type == wanted:
            wanted = values.type
            schema = schema.set(number, schema.field(number).with_type(wanted))
        try:
            values = values.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise failure(
                f"{relation.full_name}.{column.name}: {error}",
                allowed=str(column.arrow_type),
                exit_code=4,
            ) from error
        if not column.nullable and values.null_count:
            raise failure(
                f"{relation.full_name}.{column.name} holds {values.null_count} nulls",
                allowed="a value in every row",
                exit_code=4,
            )
        columns.append(values)
    return pa.Table.from_arrays(columns, schema=schema)


def from_rows(rows: Sequence[Mapping[str, Any]], relation: Relation) -> pa.Table:
    """Return rows (mappings; an absent key is null) as a conforming table."""
    known = set(relation.column_names)
    for row in rows:
        if extra := set(row) - known:
            raise failure(
                f"a row for {relation.full_name} brings unknown {sorted(extra)}", exit_code=4
            )
    cells = {c.name: [row.get(c.name) for row in rows] for c in relation.columns}
    return from_columns(cells, relation)


def from_columns(columns: Mapping[str, Sequence[Any]], relation: Relation) -> pa.Table:
    """Return columns (name to as many values as there are rows) as a conforming table."""
    kinds = {c.name: c.arrow_type for c in relation.columns}
    arrays = {name: pa.array(values, kinds.get(name)) for name, values in columns.items()}
    return conform(pa.table(arrays), relation)
