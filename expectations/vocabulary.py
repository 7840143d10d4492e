"""Shipped vocabularies that gates need, as Arrow: ranges of scales, spots of arrays."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts.paths import SEEDS

_INSTRUMENTS = pa.schema(
    [("instrument_id", pa.string()), ("score_min", pa.float64()), ("score_max", pa.float64())]
)
_PANELS = pa.schema(
    [("panel_id", pa.string()), ("n_spots_per_array", pa.int64()), ("n_replicates", pa.int64())]
)


@contextmanager
def shipped_vocabularies(con: DuckDBPyConnection) -> Iterator[None]:
    """Make `shipped_instruments` and `shipped_panels` readable on a connection for a while.

    The seeds are read from the software tree, not from the schema `vocabulary`: a gate also runs
    on a home where dbt has never run.
    """
    tables = {
        "shipped_instruments": _read("instruments.csv", _INSTRUMENTS),
        "shipped_panels": _read("panels.csv", _PANELS),
    }
    for name, table in tables.items():
        con.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            con.unregister(name)


def _read(file_name: str, schema: pa.Schema) -> pa.Table:
    """Return the schema's columns of a seed."""
    with (SEEDS / file_name).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    columns = [
        pa.array([_typed(row[field.name], field.type) for row in rows], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _typed(text: str, arrow_type: pa.DataType) -> Any:
    if text == "":
        return None
    if pa.types.is_floating(arrow_type):
        return float(text)
    return int(text) if pa.types.is_integer(arrow_type) else text
