"""Reader of GenePix Results files (.gpr), versions 1.2 to 3 and Export, one to four channels.

Facts about the format: Axon Text File, one row per spot, one block of columns per wavelength;
`Error` is normal in ratio cells, which are kept as text; numbers of header records and columns
vary from file to file.
"""

from __future__ import annotations

import re
from datetime import date
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from ingest.faults import Fault, RefusedError, fault
from ingest.platforms.atf import AtfFrame, looks_like_atf, read_frame, title_faults
from ingest.platforms.genepix_columns import (
    CHANNEL_TITLES,
    POSITION_COLUMNS,
    SPOT_TITLES,
    TEXTS,
    WHOLE_NUMBERS,
    Titles,
    channels_of,
    required_titles,
    sort_titles,
)
from ingest.platforms.genepix_faults import (
    duplicate_spots,
    out_of_range,
    unfinished_last_row,
)
from ingest.platforms.genepix_rows import Rows, read_rows
from ingest.platforms.platform import SPOTS, Reading
from ingest.source_file import SourceFile

PLATFORM_ID = "genepix"


class GenePix:
    """GenePix Results: shapes the rows, computes nothing, drops nothing."""

    platform_id = PLATFORM_ID
    label = "GenePix Results, .gpr"
    value_kind = SPOTS
    endings = (".gpr",)
    is_general = False

    def recognises(self, source: SourceFile) -> bool:
        """Return whether the file is a GenePix Results file, whole or broken."""
        if not looks_like_atf(source.text):
            return False
        try:
            frame = read_frame(source)
        except RefusedError:
            return "ArrayList" not in source.text[:4096]
        kind = (frame.record("Type") or "").lower()
        if kind:
            return kind.startswith(("genepix results", "genepix export"))
        return bool(channels_of(frame.titles))

    def scanned_on(self, source: SourceFile) -> date | None:
        """Return the day of the scan from the header alone, or None where it does not say."""
        try:
            return _scan_day(read_frame(source))
        except RefusedError:
            return None

    def read(self, source: SourceFile) -> Reading:
        """Return the spots, extras and header of a file.

        Raises
        ------
        RefusedError
            Not an ATF file, titles missing or doubled, a broken row, the same spot twice.
        """
        frame = read_frame(source)
        if faults := _titles_faults(source, frame):
            raise RefusedError(faults, n_rows_in=frame.body.count("\n"))
        titles = sort_titles(frame.titles)
        rows = read_rows(source, frame, titles)
        positions = _positions(rows)
        if faults := duplicate_spots(source, positions):
            raise RefusedError(faults, n_rows_in=positions.num_rows)
        set_aside = (
            *rows.faults,
            *out_of_range(source, rows, titles),
            *unfinished_last_row(source, frame, rows, titles),
        )
        kept = _without(rows.table, set_aside)
        return Reading(
            platform_id=PLATFORM_ID,
            file_version=_version(frame),
            table=_spots(kept, titles),
            extras=_extras(kept, titles),
            headers=frame.records,
            channels=titles.channels,
            n_rows_in=rows.table.num_rows,
            set_aside=set_aside,
            positions=positions,
            scanned_on=_scan_day(frame),
            notes=_notes(frame),
        )


def _titles_faults(source: SourceFile, frame: AtfFrame) -> list[Fault]:
    required = required_titles(frame.titles)
    faults = title_faults(source, frame, required, "a GenePix Results file has at least")
    kind = frame.record("Type")
    if kind is not None and not kind.lower().startswith("genepix"):
        faults.append(
            fault("unreadable", f"the file says `Type={kind}`", where=source.name,
                  allowed="GenePix Results or GenePix Export",
                  remedy="deliver the scanner's result file", record="not a GenePix Results file")
        )  # fmt: skip
    return faults


def _positions(rows: Rows) -> pa.Table:
    titles = {column: title for title, column in SPOT_TITLES.items()}
    names = [*POSITION_COLUMNS, *TEXTS]
    picked = {name: rows.table.column(titles[name]) for name in names}
    for name in TEXTS:
        picked[name] = pc.utf8_trim_whitespace(picked[name])
    return pa.table({"source_line": rows.table.column("source_line"), **picked})


def _without(table: pa.Table, set_aside: tuple[Fault, ...]) -> pa.Table:
    if not set_aside:
        return table
    lines = pa.array(sorted({f.line for f in set_aside}), pa.int64())
    return table.filter(pc.invert(pc.is_in(table.column("source_line"), value_set=lines)))


def _spots(table: pa.Table, titles: Titles) -> pa.Table:
    """Return one row per spot and channel, channel after channel, in the file's order."""
    own = {column: table.column(title) for title, column in titles.spot.items()}
    for name in TEXTS:
        own[name] = pc.utf8_trim_whitespace(own[name])
    n = table.num_rows
    parts = []
    for channel in titles.channels:
        columns = dict(own)
        columns["source_line"] = table.column("source_line")
        columns["channel_nm"] = pa.repeat(pa.scalar(channel, pa.int64()), n)
        for title, column in titles.channel[channel].items():
            values = table.column(title)
            # The file holds percent; the warehouse holds shares.
            columns[column] = pc.divide(values, 100.0) if column == "saturated_frac" else values
        for column in (*SPOT_TITLES.values(), *CHANNEL_TITLES.values()):
            kind = pa.int64() if column in WHOLE_NUMBERS else pa.float64()
            columns.setdefault(column, pa.nulls(n, kind))
        parts.append(pa.table(columns))
    return pa.concat_tables([p.select(parts[0].column_names) for p in parts])


def _extras(table: pa.Table, titles: Titles) -> pa.Table:
    """Return the remaining cells of each row as a JSON object of texts."""
    pieces = []
    for number, title in enumerate(titles.extras):
        lead = ("{" if number == 0 else ",") + f'"{_escape_text(title)}":"'
        pieces += [pa.scalar(lead), _escaped(table.column(title)), pa.scalar('"')]
    n = table.num_rows
    if pieces:
        json = pc.binary_join_element_wise(*pieces, pa.scalar("}"), pa.scalar(""))
    else:
        json = pa.repeat(pa.scalar("{}"), n)
    return pa.table({"source_line": table.column("source_line"), "extras_json": json})


_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"))


def _escaped(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return reduce(lambda done, pair: pc.replace_substring(done, pair[0], pair[1]), _ESCAPES, cells)


def _escape_text(text: str) -> str:
    return reduce(lambda done, pair: done.replace(*pair), _ESCAPES, text)


def _version(frame: AtfFrame) -> str:
    return frame.record("Type") or f"ATF {frame.version}"


def _scan_day(frame: AtfFrame) -> date | None:
    found = re.match(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})\b", frame.record("DateTime") or "")
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _notes(frame: AtfFrame) -> tuple[str, ...]:
    if frame.n_declared_columns == len(frame.titles):
        return ()
    return (
        f"line 2 declares {frame.n_declared_columns} columns, {len(frame.titles)} are there: "
        f"the titles count",
    )
