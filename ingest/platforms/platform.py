"""What a reader of one kind of file must offer, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import pyarrow as pa

from ingest.faults import Fault
from ingest.files.source_file import SourceFile
from ingest.platforms.atf import HeaderRecord
from ingest.platforms.value_format import ValueFormat

SPOTS, VALUES = "spots", "values"


@dataclass(frozen=True)
class Reading:
    """A file's content in the shape of the raw relations, not yet tied to a study.

    Parameters
    ----------
    platform_id : str
        Platform whose reader made it.
    file_version : str
        Format and version that the file declares.
    table : pyarrow.Table
        Rows fit to load. From a scanner: the columns of raw.spots without study, file, batch
        and slide, one row per spot and channel.
    extras : pyarrow.Table
        `source_line`, and as text every other column of the file under its own title; without
        the rows set aside.
    headers : tuple of HeaderRecord
    channels : tuple of int
        Wavelengths found, in nm, in the file's order.
    n_rows_in : int
        Data rows of the file, good or not.
    set_aside : tuple of Fault
        Rows for quarantine, each with its line, column and reason.
    positions : pyarrow.Table
        `source_line`, `block`, `spot_row`, `spot_column`, `target_name`, `target_id` of every
        data row, in the file's order, those set aside included.
    scanned_on : datetime.date or None
        Day of the scan by the scanner's own clock.
    notes : tuple of str
        Oddities that change nothing but should be known.
    """

    platform_id: str
    file_version: str
    table: pa.Table
    extras: pa.Table
    headers: tuple[HeaderRecord, ...]
    channels: tuple[int, ...]
    n_rows_in: int
    set_aside: tuple[Fault, ...]
    positions: pa.Table
    scanned_on: date | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class ValueReading:
    """A file of finished values, not yet tied to a study. A row is a measured cell.

    Parameters
    ----------
    table : pyarrow.Table
        Cells fit to load, in the columns of `value_rows.SCHEMA`: one row per label, well,
        target and quantity.
    targets : tuple of (str, str, str)
        Name, id and UniProt accession of every target that the file names, in its order; id
        and accession are empty where the file has none.
    labels : tuple of str
        What the file calls its samples and controls, in its order, cells set aside included.
    extras : pyarrow.Table
        `source_line`, `line_json`: everything else that stood in the file.
    headers : tuple of HeaderRecord
    n_rows_in : int
        Measured cells of the file, good or not.
    set_aside : tuple of Fault
        Cells for quarantine, each with its line, its target (`column`) and reason.
    scanned_on : datetime.date or None
        Day of the measurement by the instrument's own clock.
    notes : tuple of str
        Oddities that change nothing but should be known: wells that are missing, blocks that
        are kept as they are, spellings.
    """

    platform_id: str
    file_version: str
    table: pa.Table
    targets: tuple[tuple[str, str, str], ...]
    labels: tuple[str, ...]
    extras: pa.Table
    headers: tuple[HeaderRecord, ...]
    n_rows_in: int
    set_aside: tuple[Fault, ...]
    scanned_on: date | None = None
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """What every platform has. It shapes; it computes nothing and drops nothing."""

    @property
    def platform_id(self) -> str:
        """Row of the seed `platforms` that it serves."""

    @property
    def label(self) -> str:
        """Files that it reads, in words."""

    @property
    def value_kind(self) -> str:
        """`spots` or `values`."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of its files, the usual one first, in small letters with their dot."""

    @property
    def is_general(self) -> bool:
        """Whether it reads many kinds of files, and so steps back where another one knows."""

    def recognises(self, source: SourceFile) -> bool:
        """Return whether the file is of this kind, judged by its content."""

    def scanned_on(self, source: SourceFile) -> date | None:
        """Return the day of the scan from the header alone, or None where it does not say."""


class Platform(Reader, Protocol):
    """A reader of scans: spots of an array."""

    def read(self, source: SourceFile) -> Reading:
        """Return the file's content.

        Raises
        ------
        RefusedError
            The file is not whole; carries every fault found.
        """


class ValuePlatform(Reader, Protocol):
    """A reader of finished values: a plate, a run, a table."""

    @property
    def control_patterns(self) -> Mapping[str, tuple[str, ...]]:
        """Kind of control → patterns of labels that stand for it by the platform's custom."""

    def read_values(self, source: SourceFile, form: ValueFormat) -> ValueReading:
        """Return the file's content.

        Raises
        ------
        RefusedError
            The file is not whole; carries every fault found.
        """
