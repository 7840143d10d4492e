"""Rows of a scanner file as lists, in the form of raw.scans, printed_spots and spot_extras."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from contracts.scans import MEASURED, POSITIONS, WHOLES, real_name, whole_name
from contracts.spot_cells import ESCAPES
from contracts.types import REALS

#: A cell that can be kept as a number: its text follows from its value.
PLAIN_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,8})")
#: First whole number with more digits than a plain one may have.
PLAIN_END = 10**9
_INT32_MAX = 2**31 - 1

Lists = tuple[pa.Array, pa.Array]


def print_of(positions: pa.Table) -> tuple[str, pa.Table]:
    """Return the id of a print and its rows, without the study.

    Parameters
    ----------
    positions : pyarrow.Table
        `source_line` and the columns of `POSITIONS`, one row a spot, in the file's order.
    """
    names = ["source_line", *(c.name for c in POSITIONS)]
    columns = [positions.column(n).to_pylist() for n in names]
    print_id = hashlib.sha256(json.dumps(columns, separators=(",", ":")).encode()).hexdigest()
    numbers = pa.array(np.arange(1, positions.num_rows + 1))
    rows = positions.select(names).add_column(0, "spot_number", numbers)
    return print_id, rows.add_column(0, "print_id", same_text(print_id, positions.num_rows))


def as_lists(values: pa.Array, n_lists: int) -> Lists:
    """Cut numbers into lists of one length: whole numbers where a list holds nothing else.

    Returns
    -------
    wholes, reals : pyarrow.ListArray
        Each list stands in one of the two; the other one is null there.
    """
    size = len(values) // n_lists
    if pa.types.is_int32(values.type) and not values.null_count:
        return lists(values, size), pa.nulls(n_lists, REALS)
    numbers = values.cast(pa.float64())
    is_whole = _are_whole(numbers.to_numpy(zero_copy_only=False).reshape(n_lists, size))
    wholes, reals = pa.nulls(n_lists, WHOLES), pa.nulls(n_lists, REALS)
    if is_whole.any():
        filled = np.where(np.repeat(is_whole, size), numbers.fill_null(0).to_numpy(), 0)
        wholes = lists(pa.array(filled.astype(np.int32)), size, ~is_whole)
    if not is_whole.all():
        reals = lists(numbers, size, is_whole)
    return wholes, reals


def lists(values: pa.Array, size: int, is_null: NDArray[np.bool_] | None = None) -> pa.ListArray:
    """Return values as lists of one length; some of them null."""
    ends = pa.array(np.arange(0, len(values) + 1, size, dtype=np.int32))
    mask = None if is_null is None else pa.array(is_null)
    return pa.ListArray.from_arrays(ends, values, mask=mask)


def _are_whole(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        fits = (numbers == np.rint(numbers)) & (np.abs(numbers) <= _INT32_MAX)
    whole: NDArray[np.bool_] = fits.all(axis=1)
    return whole


def measured_lists(table: pa.Table, n_lists: int) -> dict[str, pa.Array]:
    """Return the measured columns of a table of spots as columns of raw.scans."""
    found: dict[str, pa.Array] = {}
    for column in MEASURED:
        values = pa.chunked_array(table.column(column.name)).combine_chunks()
        found |= list_columns(column.name, as_lists(values, n_lists))
    return found


def list_columns(column: str, pair: Lists) -> dict[str, pa.Array]:
    """Return a measured column's two columns of raw.scans."""
    return {whole_name(column): pair[0], real_name(column): pair[1]}


def extra_columns(extras: pa.Table) -> list[Mapping[str, object]]:
    """Return the further columns of one file: number, title, and cells as numbers or as text.

    Parameters
    ----------
    extras : pyarrow.Table
        Texts, and `source_line` beside them.
    """
    titles = [n for n in extras.column_names if n != "source_line"]
    return [
        {"column_number": number, "column_title": title, **_cells(extras.column(title))}
        for number, title in enumerate(titles, 1)
    ]


def _cells(cells: pa.ChunkedArray) -> dict[str, object]:
    texts = cells.to_pylist()
    if all(PLAIN_WHOLE.fullmatch(t) for t in texts):
        return {"whole_cells": [int(t) for t in texts], "text_cells": None}
    return {"whole_cells": None, "text_cells": "\n".join(_escaped(cells).to_pylist())}


def _escaped(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return reduce(lambda done, pair: pc.replace_substring(done, pair[0], pair[1]), ESCAPES, cells)


def same_text(text: str, n: int) -> pa.DictionaryArray:
    """Return one text many times over."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([text]))
