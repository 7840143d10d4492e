"""Rows of many scanner files into the raw relations, at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def add_slides(
    loading: Loading, scans: Sequence[Scan], places: Sequence[Place], reading: BulkReading
) -> None:
    """Add spots, further cells and headers of slides that were read together."""
    hashes = [s.sha256 for s in scans]
    append(loading.con, SPOTS, _spots(loading, scans, places, reading))
    if reading.rows_text is not None:
        shape = scans[0].header.shape
        first, n = shape.first_line, reading.n_rows
        append(loading.con, SPOT_EXTRAS, pa.table({
            "study_id": _same(loading.study.study_id, len(scans)),
            "file_sha256": pa.array(hashes),
            "titles_json": _same(titles_json(shape.sorted_titles.extras), len(scans)),
            "lines_json": _same(lines_json(tuple(range(first, first + n))), len(scans)),
            "rows_text": reading.rows_text,
        }))  # fmt: skip
    append(loading.con, SCAN_HEADERS, _headers(loading, scans))


def _spots(
    loading: Loading, scans: Sequence[Scan], places: Sequence[Place], reading: BulkReading
) -> pa.Table:
    numbers, table = reading.file_numbers, reading.table
    own = {
        "study_id": _same(loading.study.study_id, table.num_rows),
        "file_sha256": _of_file([s.sha256 for s in scans], numbers),
        "slide_id": _of_file([s.path.stem for s in scans], numbers),
        "batch_id": _of_file([p.batch_id for p in places], numbers),
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
