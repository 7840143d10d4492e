"""Rows of many scanner files into the raw relations, at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from contracts.raw import SCAN_HEADERS, SPOT_EXTRAS, SPOTS
from ingest.bulk_read import Scan
from ingest.loading import Loading
from ingest.platforms.genepix_bulk import BulkReading
from ingest.spot_cells import lines_json, titles_json
from ingest.standing import Place
from store.build import append

Read = tuple[Sequence[Scan], BulkReading]


def add_slides(loading: Loading, found: Sequence[Read], places: Mapping[str, Place]) -> None:
    """Add spots, further cells and headers of slides that were read together.

    One insert for all of them: the engine compresses rows in groups of more than 100,000.
    """
    if not found:
        return
    spots = [_spots(loading, scans, places, reading) for scans, reading in found]
    append(loading.con, SPOTS, pa.concat_tables(spots))
    extras = [_extras(loading, *read) for read in found if read[1].rows_text is not None]
    if extras:
        append(loading.con, SPOT_EXTRAS, pa.concat_tables(extras))
    append(loading.con, SCAN_HEADERS, _headers(loading, [s for scans, _ in found for s in scans]))


def _extras(loading: Loading, scans: Sequence[Scan], reading: BulkReading) -> pa.Table:
    shape = scans[0].header.shape
    lines = tuple(range(shape.first_line, shape.first_line + reading.n_rows))
    return pa.table({
        "study_id": _same(loading.study.study_id, len(scans)),
        "file_sha256": pa.array([s.sha256 for s in scans]),
        "titles_json": _same(titles_json(shape.sorted_titles.extras), len(scans)),
        "lines_json": _same(lines_json(lines), len(scans)),
        "rows_text": reading.rows_text,
    })  # fmt: skip


def _spots(
    loading: Loading, scans: Sequence[Scan], places: Mapping[str, Place], reading: BulkReading
) -> pa.Table:
    numbers, table = reading.file_numbers, reading.table
    own = {
        "study_id": _same(loading.study.study_id, table.num_rows),
        "file_sha256": _of_file([s.sha256 for s in scans], numbers),
        "slide_id": _of_file([s.path.stem for s in scans], numbers),
        "batch_id": _of_file([places[s.path.stem].batch_id for s in scans], numbers),
    }
    for name, values in own.items():
        table = table.append_column(name, values)
    return table.select(SPOTS.column_names)


def _headers(loading: Loading, scans: Sequence[Scan]) -> pa.Table:
    records = [r for s in scans for r in s.header.records]
    counts = [len(s.header.records) for s in scans]
    of_file = np.repeat(np.arange(len(scans), dtype=np.int32), counts)
    return pa.table({
        "study_id": _same(loading.study.study_id, len(records)),
        "file_sha256": _of_file([s.sha256 for s in scans], of_file),
        "record_number": pa.array(np.concatenate([np.arange(1, n + 1) for n in counts])),
        "header_key": pa.array([key for key, _ in records], pa.string()),
        "header_text": pa.array([text for _, text in records], pa.string()),
    })  # fmt: skip


def _same(text: str, n: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([text]))


def _of_file(texts: Iterable[str], numbers: NDArray[np.int32]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(list(texts)))
