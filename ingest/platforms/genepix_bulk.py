"""The rows of many sound GenePix files by one parse over one buffer: the fast way of a load.

All files of a call have one shape and print the same spots (`Printed`). A row is taken only if
each of its bytes is accounted for: names and positions are those of the print, byte for byte;
numbers are plain whole numbers, whose texts follow from their values; all other cells are kept
as they stand; and together with tabs and line end they are as long as the row. So whatever else a
file may hold (quotes, blanks, leading zeros, a line too many) is found without being looked for.
Then there is no verdict (None), and the caller halves the heap or lets the careful way say what
is wrong. Both ways give identical rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from ingest.files.source_file import MAX_LINE_CHARACTERS
from ingest.platforms.genepix_columns import POSITION_COLUMNS, SPOT_TITLES, TEXTS, WHOLE_NUMBERS
from ingest.platforms.genepix_faults import limits
from ingest.platforms.genepix_header import Shape
from ingest.platforms.scan_lists import PLAIN_END, PLAIN_WHOLE, Lists, as_lists, lists
from ingest.platforms.shelf import Shelf

_LF, _CR, _QUOTE, _BACKSLASH = 10, 13, 34, 92
_FIRST_PRINTABLE, _LAST_PRINTABLE = 32, 126
_KNOWN = {t for t, c in SPOT_TITLES.items() if c in (*POSITION_COLUMNS, *TEXTS)}
_LARGEST_INT32_POWER = 9

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Printed:
    """The spots that a file must hold, row by row: known good, judged once by the careful way.

    Parameters
    ----------
    positions : pyarrow.Table
        `source_line`, `block`, `spot_row`, `spot_column`, `target_name`, `target_id`.
    cells : dict of str to pyarrow.BinaryArray
        The same as they stand in the file, by title.
    wholes : frozenset of str
        Titles under which that file has plain whole numbers only.
    quoted : frozenset of str
        Titles whose cells are in quotes throughout.
    notes : tuple of str
        What should be known of every file that holds them.
    """

    positions: pa.Table
    cells: Mapping[str, pa.Array]
    wholes: frozenset[str]
    quoted: frozenset[str]
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows of one file."""
        return int(self.positions.num_rows)


@dataclass(frozen=True)
class BulkReading:
    """The rows of several files, as lists: one a file.

    Parameters
    ----------
    positions : pyarrow.Table
        What every file prints, as `Printed` has it.
    channels : dict of int to dict of str to Lists
        Wavelength → (column of raw.spots → its numbers).
    extras : dict of str to (pyarrow.Array or None, pyarrow.Array or None)
        Title → cells as lists of numbers, or as texts; of each file one is null.
    notes : tuple of str
    """

    positions: pa.Table
    channels: Mapping[int, Mapping[str, Lists]]
    extras: Mapping[str, Lists]
    notes: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Rows of one file."""
        return int(self.positions.num_rows)


def printed_by(
    body: Bytes, shape: Shape, positions: pa.Table, notes: tuple[str, ...]
) -> Printed | None:
    """Return what a file of this kind prints, from one that was read carefully.

    Parameters
    ----------
    body : ndarray of uint8
        The file's rows.
    positions : pyarrow.Table
        `Reading.positions` of the file.
    """
    table = _parse(body, shape, {t: pa.binary() for t in shape.titles})
    if table is None or table.num_rows != positions.num_rows or not table.num_rows:
        return None
    cells = {t: table.column(t).chunk(0) for t in shape.titles}
    texts = {t: [c.decode("latin-1") for c in own.to_pylist()] for t, own in cells.items()}
    return Printed(
        positions,
        {t: cells[t] for t in shape.titles if t in _KNOWN},
        frozenset(t for t, own in texts.items() if all(map(PLAIN_WHOLE.fullmatch, own))) - _KNOWN,
        frozenset(
            t for t, own in texts.items() if all(len(c) > 1 and c[0] == c[-1] == '"' for c in own)
        ),
        notes,
    )


def read_bulk(
    body: Bytes, ends: Places, shape: Shape, printed: Printed, shelf: Shelf
) -> BulkReading | None:
    """Return the rows of files that lie one behind the other, or None if anything is odd.

    Parameters
    ----------
    body : ndarray of uint8
        Rows of all files, headers taken off.
    ends : ndarray of int64
        End of each file in `body`.
    shelf : Shelf
        Takes the numbers of the result, so that the parser's memory is free for the next call.
    """
    n_files = len(ends)
    sizes = _row_sizes(body, ends, shape.line_end, printed.n_rows)
    if sizes is None:
        return None
    types = {t: pa.int32() if t in printed.wholes else pa.binary() for t in shape.titles}
    table = _parse(body, shape, types)
    if table is None or table.num_rows != len(sizes):
        return None
    cells = {t: table.column(t).chunk(0) for t in shape.titles}
    if not all(_is_printed(cells[t], own, n_files) for t, own in printed.cells.items()):
        return None
    if not (_written_sizes(cells) + _marks(shape) == sizes).all():
        return None
    # The parser would take 0x1F for 31.
    if _letters(body) != sum(_letters(_data(c)) for c in cells.values() if not _is_number(c)):
        return None
    others = {
        t: shelf.put(c) if _is_number(c) else _plain(c, t in printed.quoted)
        for t, c in cells.items()
        if t not in _KNOWN
    }
    sound = {t: c for t, c in others.items() if c is not None}
    if len(sound) < len(others):
        return None
    return _reading(sound, n_files, shape, printed)


def _reading(
    cells: Mapping[str, pa.Array], n_files: int, shape: Shape, printed: Printed
) -> BulkReading | None:
    titles = shape.sorted_titles
    numbers: dict[str, Lists] = {}
    for title in titles.numeric:
        if title in cells:
            found = _numbers(cells[title], titles.column_of(title), n_files)
            if found is None:
                return None
            numbers[title] = found
    extras: dict[str, Lists] = {}
    for title in titles.extras:
        own = _extra(cells[title], n_files)
        if own is None:
            return None
        extras[title] = own
    spot = {column: numbers[t] for t, column in titles.spot.items() if t in numbers}
    channels = {
        channel: {**spot, **{column: numbers[t] for t, column in own.items()}}
        for channel, own in titles.channel.items()
    }
    return BulkReading(printed.positions, channels, extras, printed.notes)


def _row_sizes(body: Bytes, ends: Places, line_end: str, n_rows: int) -> Places | None:
    """Return the size of each row, line end included, if each file has its rows and no more."""
    feeds = np.flatnonzero(body == _LF)
    if len(feeds) != n_rows * len(ends) or (feeds[n_rows - 1 :: n_rows] != ends - 1).any():
        return None
    if body.max() > _LAST_PRINTABLE:
        return None
    n_returns = np.count_nonzero(body == _CR)
    if n_returns != (len(feeds) if line_end == "CRLF" else 0):
        return None
    if n_returns and (body[feeds - 1] != _CR).any():
        return None
    sizes: Places = np.diff(feeds, prepend=-1)
    return sizes if sizes.max() <= MAX_LINE_CHARACTERS else None


def _letters(text: Bytes) -> int:
    return int(np.count_nonzero(text > ord("9")))


def _is_number(cells: pa.Array) -> bool:
    return bool(pa.types.is_int32(cells.type))


def _parse(body: Bytes, shape: Shape, types: Mapping[str, pa.DataType]) -> pa.Table | None:
    """Return the cells, in one chunk; quotes are left where they are."""
    try:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            pacsv.ReadOptions(
                column_names=list(shape.titles), use_threads=False, block_size=len(body) + 1
            ),
            pacsv.ParseOptions(delimiter="\t", quote_char=False),
            pacsv.ConvertOptions(
                column_types=dict(types), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _is_printed(cells: pa.Array, known: pa.Array, n_files: int) -> bool:
    """Return whether every file has the known cells, byte for byte."""
    ends, data = _ends(known)[1:], _data(known)
    found = _ends(cells)[1:].reshape(n_files, -1)
    shifts = np.arange(n_files, dtype=np.int32)[:, None] * ends[-1]
    if not np.array_equal(found, ends[None, :] + shifts):
        return False
    return bool((_data(cells).reshape(n_files, -1) == data).all())


def _written_sizes(cells: Mapping[str, pa.Array]) -> Places:
    """Return how many bytes the cells of each row take as they were written."""
    sizes: Places = np.zeros(len(next(iter(cells.values()))), np.int64)
    for own in cells.values():
        sizes += _digits(own.to_numpy()) if _is_number(own) else np.diff(_ends(own))
    return sizes


def _digits(numbers: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the length of each number's plain text."""
    sizes = np.ones(len(numbers), np.uint8)
    lowest, highest = int(numbers.min()), int(numbers.max())
    for power in range(1, _LARGEST_INT32_POWER + 1):
        if highest >= 10**power:
            sizes += numbers >= 10**power
        if lowest <= -(10**power):
            sizes += numbers <= -(10**power)
    if lowest < 0:
        sizes += numbers < 0
    return sizes


def _marks(shape: Shape) -> int:
    return len(shape.titles) - 1 + (2 if shape.line_end == "CRLF" else 1)


def _plain(cells: pa.Array, is_quoted: bool) -> pa.Array | None:
    """Return texts without their quotes; None where one is not plain."""
    data = _data(cells)
    if (data < _FIRST_PRINTABLE).any() or (data == _BACKSLASH).any():
        return None
    if np.count_nonzero(data == _QUOTE) != (2 * len(cells) if is_quoted else 0):
        return None
    if not is_quoted:
        return cells.cast(pa.string())
    ends = _ends(cells)
    first, last = data[ends[:-1]], data[ends[1:] - 1]
    if not ((np.diff(ends) > 1) & (first == _QUOTE) & (last == _QUOTE)).all():
        return None
    return pc.binary_slice(cells, 1, -1).cast(pa.string())


def _numbers(cells: pa.Array, column: str, n_files: int) -> Lists | None:
    """Return a measured column, if all its cells are numbers in their range."""
    if _is_number(cells):
        values = cells
    else:
        try:
            values = cells.cast(pa.int64() if column in WHOLE_NUMBERS else pa.float64())
        except pa.ArrowInvalid:
            return None
    if column not in WHOLE_NUMBERS:
        low, high, _ = limits(column)
        # A NaN makes either comparison false; infinities of either sign hide from a sum.
        lowest, highest = values.to_numpy().min(), values.to_numpy().max()
        if not (lowest >= low and highest <= high and np.isfinite([lowest, highest]).all()):
            return None
    if column == "saturated_frac" and values.to_numpy().any():
        values = pc.divide(values.cast(pa.float64()), 100.0)
    return as_lists(values, n_files)


def _extra(cells: pa.Array, n_files: int) -> Lists | None:
    """Return a further column: lists of plain whole numbers, or one text a file."""
    size = len(cells) // n_files
    if _is_number(cells):
        numbers = cells.to_numpy()
        if max(-int(numbers.min()), int(numbers.max())) >= PLAIN_END:
            return None
        return lists(cells, size), pa.nulls(n_files, pa.string())
    # A file with numbers only, where its kind has texts, is kept as numbers: the careful way.
    for number, first in enumerate(cells.take(pa.array(np.arange(0, len(cells), size)))):
        if PLAIN_WHOLE.fullmatch(first.as_py()):
            own = cells.slice(number * size, size).to_pylist()
            if all(map(PLAIN_WHOLE.fullmatch, own)):
                return None
    return pa.nulls(n_files, pa.list_(pa.int32())), pc.binary_join(lists(cells, size), "\n")


def _ends(cells: pa.Array) -> NDArray[np.int32]:
    return np.frombuffer(
        cells.buffers()[1], np.int32, count=len(cells) + 1, offset=4 * cells.offset
    )


def _data(cells: pa.Array) -> Bytes:
    ends = _ends(cells)
    data = np.frombuffer(cells.buffers()[2] or b"", np.uint8)
    return data[ends[0] : ends[-1]]
