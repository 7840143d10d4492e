"""The rows of many sound GenePix files by one parse over one buffer: the fast way of a load.

All files of a call have one shape and the same spots in the same order (`Printed`). Every
check speaks for the whole buffer: either all files are exactly as expected, or there is no
verdict (None) and the caller halves the heap or lets the careful way say what is wrong.
Both ways give identical rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from ingest.platforms.genepix_columns import (
    POSITION_COLUMNS,
    SPOT_TITLES,
    TEXTS,
    WHOLE_NUMBERS,
    Titles,
    by_channel,
)
from ingest.platforms.genepix_faults import limits
from ingest.platforms.genepix_header import Shape
from ingest.source_file import MAX_LINE_CHARACTERS

_TAB, _LF, _CR, _QUOTE, _BACKSLASH = 9, 10, 13, 34, 92
_FIRST_PRINTABLE, _LAST_PRINTABLE = 32, 126

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Printed:
    """The spots that a file must hold, row by row: known good, judged once by the careful way.

    Parameters
    ----------
    positions : pyarrow.Table
        `block`, `spot_row`, `spot_column`, `target_name`, `target_id`.
    notes : tuple of str
        What should be known of every file that holds them.
    """

    positions: pa.Table
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows of one file."""
        return int(self.positions.num_rows)


@dataclass(frozen=True)
class BulkReading:
    """The rows of several files, file after file.

    Parameters
    ----------
    n_rows : int
        Rows of one file.
    table : pyarrow.Table
        Columns of raw.spots that stand in the rows themselves, channel after channel;
        target names and ids as dictionaries.
    file_numbers : ndarray of int32
        Which file each row of `table` belongs to, from 0.
    rows_text : pyarrow.Array of string
        One text a file, as raw.spot_extras writes it; None where there are no other columns.
    notes : tuple of str
    """

    n_rows: int
    table: pa.Table
    file_numbers: NDArray[np.int32]
    rows_text: pa.Array | None
    notes: tuple[str, ...]


def read_bulk(body: Bytes, ends: Places, shape: Shape, printed: Printed) -> BulkReading | None:
    """Return the rows of files that lie one behind the other, or None if anything is odd.

    Parameters
    ----------
    body : ndarray of uint8
        Rows of all files, headers taken off.
    ends : ndarray of int64
        End of each file in `body`.
    """
    if body.max() > _LAST_PRINTABLE:
        return None
    grid = _cell_ends(body, len(shape.titles), shape.line_end)
    if grid is None or not _is_whole(grid, ends, printed.n_rows):
        return None
    quoted = _quoted_columns(body, grid, len(shape.titles))
    if quoted is None or _has(body, _BACKSLASH) or _has_hexadecimal(body):
        return None
    table = _parse(body, shape)
    if table is None or not _is_printed(table, printed, len(ends)):
        return None
    if not _is_in_range(table, shape.sorted_titles):
        return None
    n_files, n_channels = len(ends), len(shape.sorted_titles.channels)
    numbers = np.repeat(np.arange(n_files, dtype=np.int32), printed.n_rows)
    return BulkReading(
        printed.n_rows,
        _spots(table, shape, printed, n_files),
        np.tile(numbers, n_channels),
        _rows_text(body, grid, shape, quoted, n_files),
        printed.notes,
    )


def _cell_ends(body: Bytes, width: int, line_end: str) -> Places | None:
    """Return where each cell ends, shape (rows, width), if every row has `width` cells."""
    at = np.flatnonzero(body < _FIRST_PRINTABLE)
    marks = [*[_TAB] * (width - 1), *([_CR] if line_end == "CRLF" else []), _LF]
    if not len(at) or len(at) % len(marks):
        return None
    grid: Places = at.reshape(-1, len(marks))
    if not (body[grid] == np.array(marks, np.uint8)).all():
        return None
    if line_end == "CRLF" and not (grid[:, -1] == grid[:, -2] + 1).all():
        return None
    return grid


def _is_whole(grid: Places, ends: Places, n_rows: int) -> bool:
    """Return whether each file ends with a line end, has its rows, and no endless line."""
    feeds = grid[:, -1]
    if len(feeds) != n_rows * len(ends) or (feeds[n_rows - 1 :: n_rows] != ends - 1).any():
        return False
    return bool(np.diff(feeds, prepend=-1).max() <= MAX_LINE_CHARACTERS)


def _quoted_columns(body: Bytes, grid: Places, width: int) -> tuple[bool, ...] | None:
    """Return which columns are quoted throughout; None where a quote stands anywhere else."""
    firsts = np.concatenate([[0], grid[0, : width - 1] + 1])
    quoted = [bool(body[begin] == _QUOTE) for begin in firsts]
    for column in np.flatnonzero(quoted):
        begin, end = _begins(grid, int(column)), grid[:, column] - 1
        if not ((body[begin] == _QUOTE) & (body[end] == _QUOTE) & (end > begin)).all():
            return None
    if np.count_nonzero(body == _QUOTE) != 2 * sum(quoted) * len(grid):
        return None
    return tuple(quoted)


def _begins(grid: Places, column: int) -> Places:
    """Return where the cells of a column begin."""
    if column:
        return grid[:, column - 1] + 1
    return np.concatenate([[0], grid[:-1, -1] + 1])


def _has(body: Bytes, code: int) -> bool:
    return bool((body == code).any())


def _has_hexadecimal(body: Bytes) -> bool:
    """Return whether `0x` stands anywhere: the parser would take 0x1F for 31."""
    for letter in b"xX":
        at = np.flatnonzero(body == letter)
        if (body[at[at > 0] - 1] == ord("0")).any():
            return True
    return False


def _parse(body: Bytes, shape: Shape) -> pa.Table | None:
    titles = shape.sorted_titles
    numeric = set(titles.numeric)
    types = {
        t: (pa.int64() if titles.column_of(t) in WHOLE_NUMBERS else pa.float64())
        if t in numeric else pa.string()
        for t in (*titles.spot, *(t for part in titles.channel.values() for t in part))
    }  # fmt: skip
    try:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            pacsv.ReadOptions(
                column_names=list(shape.titles), use_threads=False, block_size=1 << 22
            ),
            pacsv.ParseOptions(delimiter="\t"),
            pacsv.ConvertOptions(column_types=types, include_columns=list(types),
                                 null_values=[], strings_can_be_null=False),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None


def _is_printed(table: pa.Table, printed: Printed, n_files: int) -> bool:
    """Return whether every file holds the known spots in the known order."""
    titles = {column: title for title, column in SPOT_TITLES.items()}
    if table.num_rows != n_files * printed.n_rows:
        return False
    for name in POSITION_COLUMNS:
        found = table.column(titles[name]).to_numpy().reshape(n_files, -1)
        if (found != printed.positions[name].to_numpy()).any():
            return False
    for name in TEXTS:
        wanted = pa.chunked_array(printed.positions[name].chunks * n_files, pa.string())
        if not pc.all(pc.equal(table.column(titles[name]), wanted)).as_py():
            return False
    return True


def _is_in_range(table: pa.Table, titles: Titles) -> bool:
    for title in titles.numeric:
        column = titles.column_of(title)
        if column in WHOLE_NUMBERS:
            continue
        values = table.column(title).to_numpy()
        low, high, _ = limits(column)
        # A NaN makes either comparison false; infinities of either sign hide from a sum.
        lowest, highest = values.min(), values.max()
        if not (lowest >= low and highest <= high and np.isfinite([lowest, highest]).all()):
            return False
    return True


def _spots(table: pa.Table, shape: Shape, printed: Printed, n_files: int) -> pa.Table:
    """Return one row per spot and channel, channel after channel, as `GenePix.read` does."""
    titles = shape.sorted_titles
    own: dict[str, pa.ChunkedArray | pa.Array] = {
        column: table.column(title) for title, column in titles.spot.items()
    }
    for name in TEXTS:
        own[name] = _repeated(printed.positions[name], n_files)
    lines = np.arange(shape.first_line, shape.first_line + printed.n_rows)
    own["source_line"] = pa.array(np.tile(lines, n_files))
    return by_channel(table, own, titles)


def _repeated(texts: pa.ChunkedArray, n_files: int) -> pa.DictionaryArray:
    coded = texts.combine_chunks().dictionary_encode()
    indices = np.tile(coded.indices.to_numpy(), n_files)
    return pa.DictionaryArray.from_arrays(pa.array(indices), coded.dictionary)


def _rows_text(
    body: Bytes, grid: Places, shape: Shape, quoted: tuple[bool, ...], n_files: int
) -> pa.Array | None:
    """Return the other cells of each file as one text, cut out of the buffer in one stroke."""
    other = [shape.titles.index(t) for t in shape.sorted_titles.extras]
    if not other:
        return None
    # Steps up where a piece that stays begins, down where it ends.
    steps = np.zeros(len(body) + 1, np.int8)
    lengths = np.zeros(len(grid), np.int64)
    for begin, end in _pieces(grid, other, quoted):
        steps[begin] += 1
        steps[end] -= 1
        lengths += end - begin
    kept = body[np.cumsum(steps[:-1], dtype=np.int8).view(np.bool_)]
    row_ends = np.cumsum(lengths)
    kept[row_ends - 1] = _LF
    offsets = np.concatenate([[0], row_ends[len(grid) // n_files - 1 :: len(grid) // n_files]])
    return pa.StringArray.from_buffers(
        n_files, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(kept)
    )


def _pieces(
    grid: Places, columns: list[int], quoted: tuple[bool, ...]
) -> list[tuple[Places, Places]]:
    """Return begin and end of what stays in each row: cells without quotes, and one mark each."""
    pieces = []
    open_since: Places | None = None
    for number, column in enumerate(columns):
        begin = _begins(grid, column)
        end = grid[:, column]
        if quoted[column]:
            pieces += [(begin + 1, end - 1), (end, end + 1)]
            continue
        open_since = begin if open_since is None else open_since
        is_last = number + 1 == len(columns)
        if is_last or columns[number + 1] != column + 1 or quoted[column + 1]:
            pieces.append((open_since, end + 1))
            open_since = None
    return pieces
