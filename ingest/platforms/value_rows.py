"""Builds the table of a value reading: one row a measured cell, typed, faults apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.faults import Fault, fault
from ingest.platforms.value_cells import all_commas, read_cell
from ingest.platforms.value_format import Tokens

SCHEMA = pa.schema(
    [
        ("source_line", pa.int64()),
        ("label", pa.string()),
        ("control_kind", pa.string()),
        ("well", pa.string()),
        ("target_name", pa.string()),
        ("target_id", pa.string()),
        ("quantity", pa.string()),
        ("value_text", pa.string()),
        ("value", pa.float64()),
        ("value_unit", pa.string()),
        ("scale", pa.string()),
        ("qualifier", pa.string()),
        ("qc_flag", pa.string()),
        ("lod", pa.float64()),
        ("expected_value", pa.float64()),
    ]
)
_EXTRAS = pa.schema([("source_line", pa.int64()), ("line_json", pa.string())])
#: Columns that a file may not have; a text without a number is never one of them.
_DEFAULTS: Mapping[str, object] = {
    "control_kind": "", "well": "", "target_id": "", "qc_flag": "", "lod": None,
    "expected_value": None,
}  # fmt: skip

#: A list, or an array of Arrow.
Column = Any


@dataclass(frozen=True)
class Cells:
    """Cells of one quantity as they stood, column by column.

    Parameters
    ----------
    columns : mapping
        Columns of SCHEMA of equal length, `value_text` among them, without `value` and
        `qualifier`; one that is absent has its default.
    is_percent : bool
        True where the file holds percent; the warehouse holds shares.
    """

    columns: Mapping[str, Column]
    is_percent: bool = False


def read_cells(
    cells: Cells, tokens: Tokens, where: str, remedy: str
) -> tuple[pa.Table, list[Fault]]:
    """Return the good cells as a table, and a fault for each that is no number and no known word.

    Every distinct text is read once. Decimal commas are read only where every fraction of the
    column agrees.
    """
    texts = _array(cells.columns["value_text"], pa.string()).dictionary_encode()
    words = texts.dictionary.to_pylist()
    commas = all_commas(words)
    known = [read_cell(word, tokens, commas=commas) for word in words]
    share = 100.0 if cells.is_percent else 1.0

    def of_word(values: Sequence[object], kind: pa.DataType) -> pa.Array:
        return pa.array(values, kind).take(texts.indices)

    n = len(texts)
    columns = {name: _array(column, SCHEMA.field(name).type)
               for name, column in cells.columns.items()}  # fmt: skip
    for name, default in _DEFAULTS.items():
        columns.setdefault(name, pa.array([default] * n, SCHEMA.field(name).type))
    columns["value"] = of_word(
        [None if k is None or k.value is None else k.value / share for k in known], pa.float64()
    )
    columns["qualifier"] = of_word([k.qualifier if k else None for k in known], pa.string())
    limits = of_word([None if k is None or k.lod is None else k.lod / share for k in known],
                     pa.float64())  # fmt: skip
    columns["lod"] = pc.coalesce(limits, columns["lod"])
    table = pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)
    is_bad = pc.is_null(table["qualifier"])
    faults = [_no_number(row, where, remedy) for row in table.filter(is_bad).to_pylist()]
    return table.filter(pc.invert(is_bad)), faults


def joined(tables: Iterable[pa.Table]) -> pa.Table:
    """Return tables of SCHEMA as one."""
    found = [t for t in tables if t.num_rows]
    return pa.concat_tables(found).combine_chunks() if found else SCHEMA.empty_table()


def extras_table(lines: Mapping[int, Mapping[str, str]]) -> pa.Table:
    """Return what else stood in the lines: line → title → cell."""
    kept = {line: cells for line, cells in sorted(lines.items()) if cells}
    return pa.table(
        [
            pa.array(list(kept), pa.int64()),
            pa.array([json.dumps(c, ensure_ascii=False) for c in kept.values()], pa.string()),
        ],
        schema=_EXTRAS,
    )


def extras_of_columns(lines: pa.Array, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Return whole columns as one JSON object a line; every distinct text is quoted once."""
    if not columns:
        return _EXTRAS.empty_table()
    pieces: list[object] = []
    for number, (title, column) in enumerate(columns.items()):
        coded = _array(column, pa.string()).dictionary_encode()
        quoted = [json.dumps(t, ensure_ascii=False) for t in coded.dictionary.to_pylist()]
        lead = ("{" if number == 0 else ", ") + json.dumps(title, ensure_ascii=False) + ": "
        pieces += [pa.scalar(lead), pa.array(quoted, pa.string()).take(coded.indices)]
    texts = pc.binary_join_element_wise(*pieces, pa.scalar("}"), pa.scalar(""))
    return pa.table([lines, texts], schema=_EXTRAS)


def _array(column: Column, kind: pa.DataType) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.cast(kind) if isinstance(column, pa.Array) else pa.array(column, kind)


def _no_number(row: Mapping[str, object], where: str, remedy: str) -> Fault:
    line, target, quantity = int(str(row["source_line"])), row["target_name"], row["quantity"]
    shown = str(row["value_text"])[:40]
    return fault(
        "value", f"`{target}` ({quantity}) holds `{shown}`", where=f"{where}, line {line}",
        allowed="a number, or a word for below, above or missing", remedy=remedy,
        record=f"{quantity} is no number", line=line, column=str(target),
    )  # fmt: skip
