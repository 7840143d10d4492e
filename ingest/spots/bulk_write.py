"""Rows of many scanner files into the raw relations, at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from contracts.raw import SCAN_HEADERS
from contracts.scans import MEASURED, SCANS, SPOT_EXTRAS, WHOLES
from contracts.types import REALS
from ingest.loading import Loading
from ingest.platforms.genepix_bulk import BulkReading
from ingest.platforms.scan_lists import Lists, list_columns, same_text
from ingest.spots.bulk_read import Scan
from ingest.spots.scan_writing import add_print
from ingest.standing import Place
from store.build import append

Read = tuple[Sequence[Scan], BulkReading]


def add_slides(loading: Loading, found: Sequence[Read], places: Mapping[str, Place]) -> None:
    """Add spots, further cells and headers of slides that were read together."""
    if not found:
        return
    print_ids = _print_ids(loading, found)
    append(loading.con, SCANS, pa.concat_tables(
        _scans(loading, *read, channel, places, print_id)
        for read, print_id in zip(found, print_ids, strict=True)
        for channel in read[1].channels
    ))  # fmt: skip
    extras = [
        _extra(loading, read[0], print_id, number, title, read[1].extras[title])
        for read, print_id in zip(found, print_ids, strict=True)
        for number, title in enumerate(read[1].extras, 1)
    ]
    if extras:
        append(loading.con, SPOT_EXTRAS, pa.concat_tables(extras))
    append(loading.con, SCAN_HEADERS, _headers(loading, [s for scans, _ in found for s in scans]))


def _print_ids(loading: Loading, found: Sequence[Read]) -> list[str]:
    """Return the print of each reading; files of a kind share one object."""
    known: dict[int, str] = {}
    for _, reading in found:
        if id(reading.positions) not in known:
            known[id(reading.positions)] = add_print(
                loading.con, loading.study.study_id, reading.positions
            )
    return [known[id(reading.positions)] for _, reading in found]


def _scans(
    loading: Loading,
    scans: Sequence[Scan],
    reading: BulkReading,
    channel: int,
    places: Mapping[str, Place],
    print_id: str,
) -> pa.Table:
    n_files = len(scans)
    absent = (pa.nulls(n_files, WHOLES), pa.nulls(n_files, REALS))
    numbers: dict[str, pa.Array] = {}
    for column in MEASURED:
        numbers |= list_columns(column.name, reading.channels[channel].get(column.name, absent))
    table = pa.table({
        "study_id": same_text(loading.study.study_id, n_files),
        "file_sha256": pa.array([s.sha256 for s in scans]),
        "channel_nm": pa.array(np.full(n_files, channel)),
        "batch_id": pa.array([places[s.slide_id].batch_id for s in scans], pa.string()),
        "slide_id": pa.array([s.slide_id for s in scans]),
        "print_id": same_text(print_id, n_files),
        "n_spots": pa.array(np.full(n_files, reading.n_rows)),
        **numbers,
    })  # fmt: skip
    return table.select(SCANS.column_names)


def _extra(
    loading: Loading, scans: Sequence[Scan], print_id: str, number: int, title: str, cells: Lists
) -> pa.Table:
    n_files = len(scans)
    return pa.table({
        "study_id": same_text(loading.study.study_id, n_files),
        "file_sha256": pa.array([s.sha256 for s in scans]),
        "print_id": same_text(print_id, n_files),
        "column_number": pa.array(np.full(n_files, number)),
        "column_title": same_text(title, n_files),
        "whole_cells": cells[0],
        "text_cells": cells[1],
    })  # fmt: skip


def _headers(loading: Loading, scans: Sequence[Scan]) -> pa.Table:
    records = [r for s in scans for r in s.header.records]
    counts = [len(s.header.records) for s in scans]
    of_file = np.repeat(np.arange(len(scans), dtype=np.int32), counts)
    return pa.table({
        "study_id": same_text(loading.study.study_id, len(records)),
        "file_sha256": _of_file([s.sha256 for s in scans], of_file),
        "record_number": pa.array(np.concatenate([np.arange(1, n + 1) for n in counts])),
        "header_key": pa.array([key for key, _ in records], pa.string()),
        "header_text": pa.array([text for _, text in records], pa.string()),
    })  # fmt: skip


def _of_file(texts: Iterable[str], numbers: NDArray[np.int32]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(list(texts)))
