"""Reader of Luminex exports: xPONENT (MAGPIX, LX, FLEXMAP) and INTELLIFLEX, as .csv."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ingest.faults import RefusedError, fault
from ingest.files.source_file import SourceFile
from ingest.platforms.intelliflex import (
    intelliflex_day,
    looks_like_intelliflex,
    read_intelliflex,
)
from ingest.platforms.platform import VALUES, ValueReading
from ingest.platforms.value_format import ValueFormat
from ingest.platforms.xponent import read_xponent, scan_day
from ingest.platforms.xponent_blocks import looks_like_xponent, read_frame

PLATFORM_ID = "luminex"


class Luminex:
    """Luminex exports: every well, target and block; no curve is fitted."""

    platform_id = PLATFORM_ID
    label = "Luminex xPONENT or INTELLIFLEX export, .csv"
    value_kind = VALUES
    endings = (".csv", ".txt")
    is_general = False
    control_patterns: Mapping[str, tuple[str, ...]] = {
        "standard": ("standard*",),
        "blank": ("background*", "blank*"),
        "control": ("control*",),
    }

    def recognises(self, source: SourceFile) -> bool:
        """Return whether the file is a Luminex export, whole or broken."""
        return looks_like_xponent(source.text) or looks_like_intelliflex(source.text)

    def scanned_on(self, source: SourceFile) -> date | None:
        """Return the day of the run, or None where the header does not say."""
        if looks_like_intelliflex(source.text):
            return intelliflex_day(source)
        try:
            return scan_day(read_frame(source))
        except RefusedError:
            return None

    def read_values(self, source: SourceFile, form: ValueFormat) -> ValueReading:
        """Return the file's cells.

        Raises
        ------
        RefusedError
            Neither kind of export, or one that is not whole.
        """
        if looks_like_intelliflex(source.text):
            return read_intelliflex(source, form, PLATFORM_ID)
        if looks_like_xponent(source.text):
            return read_xponent(source, form, PLATFORM_ID)
        raise RefusedError([
            fault("unreadable", "the file is no Luminex export", where=source.name,
                  allowed=self.label, remedy="export the plate from xPONENT or INTELLIFLEX as .csv",
                  record="not a Luminex export")
        ], n_rows_in=max(source.text.count("\n"), 0))  # fmt: skip
