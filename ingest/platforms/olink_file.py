"""The rows of an NPX file as texts, with their lines: .csv of any delimiter, or .parquet."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from ingest.faults import RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.platforms.olink_columns import REQUIRED, spelled

MAX_ROWS = 20_000_000
MAX_COLUMNS = 200
PARQUET = "parquet"


def looks_like_npx(source: SourceFile) -> bool:
    """Return whether a file has the columns that every NPX file has."""
    try:
        titles = _parquet_titles(source) if source.encoding == PARQUET else _titles(source.text)
    except (RefusedError, csv.Error):
        return False
    return {*REQUIRED} <= {spelled(t) for t in titles}


def read_columns(source: SourceFile) -> pa.Table:
    """Return every column as text under Olink's own spelling, and `source_line`.

    Raises
    ------
    RefusedError
        The file cannot be read, titles stand twice, rows do not fit their titles.
    """
    table = _from_parquet(source) if source.encoding == PARQUET else _from_text(source)
    names = [spelled(t) for t in table.column_names]
    if twice := sorted({n for n in names if names.count(n) > 1 or not n}):
        raise RefusedError([
            fault("duplicate_column", f"titles that are blank or stand twice: {listed(twice)}",
                  where=source.name, allowed="every title once", remedy="export the file again",
                  record="a title is blank or stands twice")
        ], n_rows_in=table.num_rows)  # fmt: skip
    return table.rename_columns(names)


def _titles(text: str) -> list[str]:
    csv.field_size_limit(100_000)
    first = text.partition("\n")[0]
    return next(csv.reader(io.StringIO(first), delimiter=_delimiter(first)), [])


def _delimiter(first: str) -> str:
    return max(";,\t", key=first.count)


def _from_text(source: SourceFile) -> pa.Table:
    body = source.text.rstrip("\n")
    first = body.partition("\n")[0]
    titles = _titles(body)
    odd: list[int] = []

    def note_odd(row: pacsv.InvalidRow) -> str:
        odd.append(row.number or 0)
        return "skip"

    if len(titles) > MAX_COLUMNS or len(titles) < 2:
        raise _unreadable(source, f"{len(titles)} columns")
    try:
        table = pacsv.read_csv(
            io.BytesIO(body.encode("utf-8")),
            pacsv.ReadOptions(use_threads=False, block_size=1 << 24),
            pacsv.ParseOptions(
                delimiter=_delimiter(first), invalid_row_handler=note_odd, ignore_empty_lines=False
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(titles, pa.string()), strings_can_be_null=False,
                null_values=[],
            ),
        )  # fmt: skip
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise _unreadable(source, "the rows cannot be read") from error
    n_lines = body.count("\n")
    if odd or table.num_rows != n_lines:
        lines = listed(odd) if odd else "unknown"
        raise RefusedError([
            fault("row_shape", f"rows that do not fit the {len(titles)} titles: lines {lines}",
                  where=source.name, allowed="as many cells as titles",
                  remedy="export the file again",
                  record=f"{max(len(odd), 1)} rows do not fit the titles",
                  line=odd[0] if odd else 0)
        ], n_rows_in=n_lines)  # fmt: skip
    table = pa.table({t: pa.chunked_array([c]) if isinstance(c, pa.Array) else c
                      for t, c in zip(table.column_names, table.columns, strict=True)})  # fmt: skip
    lines_in = pa.array(range(2, 2 + table.num_rows), pa.int64())
    return table.append_column("source_line", lines_in)


def _parquet_titles(source: SourceFile) -> list[str]:
    return list(_parquet(source).schema_arrow.names)


def _parquet(source: SourceFile) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(pa.BufferReader(source.data))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(source, "the Parquet file is damaged") from error


def _from_parquet(source: SourceFile) -> pa.Table:
    file = _parquet(source)
    if file.metadata.num_rows > MAX_ROWS or file.metadata.num_columns > MAX_COLUMNS:
        raise _unreadable(
            source, f"{file.metadata.num_rows:,} rows of {file.metadata.num_columns} columns"
        )
    try:
        table = file.read()
        texts = [_as_text(table.column(i)) for i in range(table.num_columns)]
        for column in texts:  # damaged bytes of a text show only when they are looked at
            column.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        raise _unreadable(source, "the Parquet file cannot be read") from error
    lines = pa.array(range(1, 1 + table.num_rows), pa.int64())
    names = list(table.column_names)
    return pa.Table.from_arrays([*texts, pa.chunked_array([lines])], [*names, "source_line"])


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as text; a missing cell is an empty one."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string()).fill_null("")


def _unreadable(source: SourceFile, given: str) -> RefusedError:
    return RefusedError([
        fault("unreadable", given, where=source.name, allowed="an NPX file in the long format",
              remedy="export the file again", record="the file cannot be read as NPX")
    ])  # fmt: skip
