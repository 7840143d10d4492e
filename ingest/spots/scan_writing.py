"""Scans into the raw relations: prints once, numbers as lists, further columns, header records."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts import from_rows
from contracts.raw import SCAN_HEADERS
from contracts.scans import PRINTED_SPOTS, SCANS, SPOT_EXTRAS
from ingest import standing
from ingest.loading import Loading
from ingest.platforms import Reading
from ingest.platforms.scan_lists import extra_columns, measured_lists, print_of, same_text
from store.build import append


def add_slide(
    loading: Loading, reading: Reading, sha256: str, slide_id: str, batch_id: str
) -> None:
    """Add the spots, further cells and header of one slide."""
    con, study_id = loading.con, loading.study.study_id
    own = {"study_id": study_id, "file_sha256": sha256}
    if reading.table.num_rows:
        place = {**own, "slide_id": slide_id, "batch_id": batch_id}
        print_id = add_spots(con, place, reading.table, reading.channels)
        append(con, SPOT_EXTRAS, from_rows(
            [{**own, "print_id": print_id, **c} for c in extra_columns(reading.extras)],
            SPOT_EXTRAS))  # fmt: skip
    headers = [
        {**own, "record_number": h.number, "header_key": h.key, "header_text": h.text}
        for h in reading.headers
    ]
    append(con, SCAN_HEADERS, from_rows(headers, SCAN_HEADERS))


def add_spots(
    con: DuckDBPyConnection, place: dict[str, str], table: pa.Table, channels: Iterable[int]
) -> str:
    """Add the spots of one scan; return the id of its print.

    Parameters
    ----------
    place : dict
        `study_id`, `file_sha256`, `slide_id`, `batch_id`.
    table : pyarrow.Table
        The other columns of raw.spots, channel after channel, each with the same spots in the
        same order.
    channels : iterable of int
        Wavelengths in nm, in the order of the table.
    """
    channels = list(channels)
    n_spots = table.num_rows // len(channels)
    print_id = add_print(con, place["study_id"], table.slice(0, n_spots))
    scans = pa.table({
        **{name: same_text(text, len(channels)) for name, text in place.items()},
        "channel_nm": pa.array(channels, pa.int64()),
        "print_id": same_text(print_id, len(channels)),
        "n_spots": pa.array(np.full(len(channels), n_spots)),
        **measured_lists(table, len(channels)),
    })  # fmt: skip
    append(con, SCANS, scans.select(SCANS.column_names))
    return print_id


def add_print(con: DuckDBPyConnection, study_id: str, positions: pa.Table) -> str:
    """Add the spots that a file prints, unless they stand already; return the print's id."""
    print_id, rows = print_of(positions)
    if not standing.rows(
        con,
        "select 1 as n from raw.printed_spots where study_id = ? and print_id = ? limit 1",
        study_id, print_id,
    ):  # fmt: skip
        rows = rows.append_column("study_id", same_text(study_id, rows.num_rows))
        append(con, PRINTED_SPOTS, rows.select(PRINTED_SPOTS.column_names))
    return print_id
