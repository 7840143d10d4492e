"""The frame of an xPONENT export: header lines, then blocks that each begin with `DataType:`."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile

MAX_CELL = 100_000
MAX_RECORDS = 1_000_000
DATA_TYPE = "DataType:"
CLOSING = "-- CRC --"
_LOCATION = re.compile(r"\s*\d+\s*\(\s*\d+\s*,\s*([A-Za-z]{1,2}\d{1,2})\s*\)\s*")
_SPLIT = (re.compile(r"\s*\d+\s*\(\s*\d+\s*"), re.compile(r"\s*[A-Za-z]{1,2}\d{1,2}\s*\)\s*"))


@dataclass(frozen=True)
class Record:
    """One line of the file: its number and its cells, blank ones at its end left out."""

    line: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """Return a cell, empty where the line has none there."""
        return self.cells[index].strip() if index < len(self.cells) else ""


@dataclass(frozen=True)
class Block:
    """A block: its name, the line of its `DataType:`, its lines of titles and data."""

    name: str
    line: int
    records: tuple[Record, ...]

    @property
    def key(self) -> str:
        """Name without case and repeated blanks."""
        return " ".join(self.name.casefold().split())

    @property
    def titles(self) -> tuple[str, ...]:
        """Cells of its first line."""
        return tuple(c.strip() for c in self.records[0].cells) if self.records else ()


@dataclass(frozen=True)
class Frame:
    """Header, blocks and whether the closing line is there."""

    header: tuple[Record, ...]
    blocks: tuple[Block, ...]
    is_closed: bool

    def head(self, key: str) -> Record | None:
        """Return the header line that begins with a key."""
        return next((r for r in self.header if r.cell(0).casefold() == key.casefold()), None)

    def block(self, name: str) -> Block | None:
        """Return a block by its name."""
        return next((b for b in self.blocks if b.key == name.casefold()), None)


def looks_like_xponent(text: str) -> bool:
    """Return whether a text is an xPONENT export, whole or broken."""
    head = text[:4096]
    return bool(re.match(r'\s*"?Program"?\s*[,;\t]', head)) and (
        "xponent" in head.casefold() or DATA_TYPE in text[:65536]
    )


def read_frame(source: SourceFile) -> Frame:
    """Return the frame of an export.

    Raises
    ------
    RefusedError
        A quoted cell does not end, or the file has too many lines.
    """
    header: list[Record] = []
    blocks: list[tuple[str, int, list[Record]]] = []
    is_closed = False
    for record in _records(source):
        first = record.cell(0)
        if first.startswith(CLOSING):
            is_closed = True
        elif first.casefold() == DATA_TYPE.casefold():
            blocks.append((record.cell(1), record.line, []))
        elif is_closed:
            header.append(record)
        elif blocks:
            blocks[-1][2].append(record)
        else:
            header.append(record)
    return Frame(
        tuple(header),
        tuple(Block(name, line, tuple(records)) for name, line, records in blocks),
        is_closed,
    )


def well_of(record: Record) -> tuple[str, Record] | None:
    """Return a line's well and the line with one location cell, or None where there is none.

    `1(1,A1)` holds a comma: an export saved again without quotes has it in two cells.
    """
    if found := _LOCATION.fullmatch(record.cell(0)):
        return found.group(1).upper(), record
    if _SPLIT[0].fullmatch(record.cell(0)) and _SPLIT[1].fullmatch(record.cell(1)):
        location = f"{record.cell(0)},{record.cell(1)}"
        well = record.cell(1).rstrip(") ").upper()
        return well, Record(record.line, (location, *record.cells[2:]))
    return None


def frame_faults(source: SourceFile, frame: Frame) -> list[Fault]:
    """Return faults of the frame, in the order of the lines that do not parse."""
    faults = []
    first = frame.header[0] if frame.header else Record(1, ())
    if first.cell(1).casefold() != "xponent":
        faults.append(line_fault(source, first, "`Program` is not followed by `xPONENT`",
                                 "Program, xPONENT, then the instrument"))  # fmt: skip
    if not frame.blocks:
        faults.append(line_fault(source, first, f"no block begins with `{DATA_TYPE}`",
                                 "blocks such as Median, Net MFI, Count"))  # fmt: skip
    for block in frame.blocks:
        if not block.name:
            faults.append(
                line_fault(
                    source,
                    Record(block.line, ()),
                    f"`{DATA_TYPE}` names no block",
                    "Median, Count …",
                )
            )
            faults += shape_faults(source, block)[:2] if len(faults) < 3 else []
    return faults


def shape_faults(source: SourceFile, block: Block) -> list[Fault]:
    """Return faults of a block of wells: titles, locations, cells to each title."""
    if not block.records:
        return [line_fault(source, Record(block.line, ()), f"the block `{block.name}` is empty",
                           "a line of titles, then wells")]  # fmt: skip
    titles, faults = block.titles, []
    if titles[:1] != ("Location",) and block.name == "":
        return []
    if titles[:2] != ("Location", "Sample"):
        faults.append(
            line_fault(
                source,
                block.records[0],
                "the titles do not begin with `Location`, `Sample`",
                "Location, Sample, then the targets",
            )
        )
    for record in block.records[1:]:
        found = well_of(record)
        if found is None:
            faults.append(
                line_fault(source, record, f"`{','.join(record.cells[:2])[:40]}` is no location",
                           "a location such as 1(1,A1)")
            )  # fmt: skip
        elif len(found[1].cells) > len(titles):
            faults.append(
                line_fault(source, record, f"the line has {len(found[1].cells)} cells under "
                           f"{len(titles)} titles", "as many cells as titles")
            )  # fmt: skip
    return faults


def line_fault(source: SourceFile, record: Record, given: str, allowed: str) -> Fault:
    """Return a fault of one line."""
    return fault("row_shape", given, where=f"{source.name}, line {record.line}", allowed=allowed,
                 remedy="export the plate again; do not edit the export",
                 record=f"line {record.line} does not parse", line=record.line)  # fmt: skip


def _records(source: SourceFile) -> list[Record]:
    csv.field_size_limit(MAX_CELL)
    first = source.text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(source.text), delimiter=delimiter)
    records: list[Record] = []
    line = 1
    try:
        for cells in reader:
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                records.append(Record(line, tuple(cells)))
            if len(records) > MAX_RECORDS:
                raise csv.Error("too many lines")
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError([
            line_fault(source, Record(line, ()), f"the line cannot be read ({error})",
                       "lines of an xPONENT export")
        ], n_rows_in=len(records)) from error  # fmt: skip
    return records
