"""Reader of GenePix Results files (.gpr), versions 1.2 to 3 and Export, one to four channels.

Facts about the format: Axon Text File, one row per spot, one block of columns per wavelength;
`Error` is normal in ratio cells, which are kept as text; numbers of header records and columns
vary from file to file.
"""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile
from ingest.platforms.atf import AtfFrame, looks_like_atf, read_frame, title_faults
from ingest.platforms.genepix_columns import (
    POSITION_COLUMNS,
    SPOT_TITLES,
    TEXTS,
    Titles,
    by_channel,
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
        if faults := title_row_faults(source, frame):
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
            notes=frame_notes(frame),
        )


def title_row_faults(source: SourceFile, frame: AtfFrame) -> list[Fault]:
    """Return what is wrong with titles and Type of a file."""
    required = required_titles(frame.titles)
    faults = title_faults(source, frame, required, "a GenePix Results file has at least")
    kind = frame.record("Type")
    if not is_genepix_type(kind):
        faults.append(
            fault("unreadable", f"the file says `Type={kind}`", where=source.name,
                  allowed="GenePix Results or GenePix Export",
                  remedy="deliver the scanner's result file", record="not a GenePix Results file")
        )  # fmt: skip
    return faults


def is_genepix_type(kind: str | None) -> bool:
    """Return whether a file of this Type may be a GenePix Results file; old ones name none."""
    return kind is None or kind.lower().startswith("genepix")


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
    return by_channel(table, {**own, "source_line": table.column("source_line")}, titles)


def _extras(table: pa.Table, titles: Titles) -> pa.Table:
    return table.select(["source_line", *titles.extras])


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


def frame_notes(frame: AtfFrame) -> tuple[str, ...]:
    """Return oddities of a header that change nothing."""
    if frame.n_declared_columns == len(frame.titles):
        return ()
    return (
        f"line 2 declares {frame.n_declared_columns} columns, {len(frame.titles)} are there: "
        f"the titles count",
    )
