"""GenePix Array List (.gal): what is printed where on the slides of a lot."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.platforms.atf import AtfFrame, HeaderRecord, read_frame, title_faults

REQUIRED = ["Block", "Column", "Row", "Name", "ID"]

Position = tuple[int, int, int]


@dataclass(frozen=True)
class Feature:
    """What is printed at one position."""

    block: int
    spot_row: int
    spot_column: int
    target_name: str
    target_id: str

    @property
    def position(self) -> Position:
        """Block, row, column."""
        return (self.block, self.spot_row, self.spot_column)


@dataclass(frozen=True)
class Layout:
    """A lot's layout.

    Parameters
    ----------
    name : str
        Name of the file, or of the slides that it was seen on, for messages.
    sha256 : str
        Hash of the file; empty where it is no file.
    features : tuple of Feature
        In the file's order.
    seen_on : str
        Slide that it was only seen on; empty for a layout that somebody stated.
    has_holes : bool
        Whether rows of that slide were set aside: spots that it lacks may be printed all the same.
    records : tuple of HeaderRecord
        The file's header.
    """

    name: str
    sha256: str
    features: tuple[Feature, ...]
    seen_on: str = ""
    has_holes: bool = False
    records: tuple[HeaderRecord, ...] = ()

    @property
    def is_seen(self) -> bool:
        """Whether nobody stated it."""
        return bool(self.seen_on)

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks that it describes, in order."""
        return tuple(sorted({f.block for f in self.features}))

    def over(self, blocks: tuple[int, ...]) -> Layout:
        """Return the layout of these Blocks; one described Block stands for all of them."""
        if not blocks or len(self.blocks) != 1 or set(blocks) == set(self.blocks):
            return self
        repeated = tuple(
            Feature(b, f.spot_row, f.spot_column, f.target_name, f.target_id)
            for b in blocks
            for f in self.features
        )
        return replace(self, features=repeated)


def read_gal(source: SourceFile) -> Layout:
    """Return the layout that an Array List states.

    Raises
    ------
    RefusedError
        Not an Array List, titles missing, positions that are no numbers or stand twice.
    """
    frame = read_frame(source)
    kind = frame.record("Type") or ""
    if kind and "arraylist" not in kind.lower().replace(" ", ""):
        raise RefusedError([
            fault("unreadable", f"the file says `Type={kind}`", where=source.name,
                  allowed="a GenePix ArrayList", remedy="deliver the lot's .gal file",
                  record="not a GenePix ArrayList")
        ])  # fmt: skip
    if faults := title_faults(source, frame, REQUIRED, "an Array List has"):
        raise RefusedError(faults)
    features, faults = _features(source, frame)
    faults += _doubled(source, features) + _blocks_short(source, frame, features)
    if not features and not faults:
        faults = [fault("truncated", "the layout has no spots", where=source.name,
                        remedy="deliver the whole .gal file", record="no spots")]  # fmt: skip
    if faults:
        raise RefusedError(faults, n_rows_in=len(features))
    return Layout(source.name, source.sha256, tuple(features), records=frame.records)


def _features(source: SourceFile, frame: AtfFrame) -> tuple[list[Feature], list[Fault]]:
    at = [frame.titles.index(t) for t in ("Block", "Row", "Column", "Name", "ID")]
    features: list[Feature] = []
    faults: list[Fault] = []
    reader = csv.reader(io.StringIO(frame.body), delimiter=frame.delimiter)
    line = frame.title_line + 1
    for cells in reader:
        first, line = line, frame.title_line + 1 + reader.line_num
        if not any(c.strip() for c in cells):
            continue
        padded = [c.strip() for c in [*cells, *[""] * len(frame.titles)]]
        block, row, column, name, target = (padded[i] for i in at)
        if all(n.isascii() and n.isdecimal() and int(n) > 0 for n in (block, row, column)):
            features.append(Feature(int(block), int(row), int(column), name, target))
            continue
        faults.append(
            fault("position", f"Block, Row, Column read {[block, row, column]}",
                  where=f"{source.name}, line {first}", allowed="whole numbers from 1",
                  remedy="export the Array List again", record=f"no position in line {first}",
                  line=first)
        )  # fmt: skip
    return features, faults


def _blocks_short(source: SourceFile, frame: AtfFrame, features: list[Feature]) -> list[Fault]:
    """Return a fault where Blocks are counted in the header and spots of some are not there.

    One described Block may stand for all.
    """
    counted = (frame.record("BlockCount") or "").strip()
    found = {f.block for f in features}
    if not counted.isdecimal() or len(found) in (0, 1) or len(found) >= int(counted):
        return []
    text = f"the header counts {counted} Blocks, spots of {len(found)} are there"
    return [
        fault("truncated", text, where=source.name, allowed="spots of every Block, or of one for "
              "all", remedy="deliver the whole .gal file", record=text)
    ]  # fmt: skip


def _doubled(source: SourceFile, features: list[Feature]) -> list[Fault]:
    seen: set[Position] = set()
    doubled = []
    for feature in features:
        if feature.position in seen:
            doubled.append(f"Block {feature.block} Row {feature.spot_row} "
                           f"Column {feature.spot_column}")  # fmt: skip
        seen.add(feature.position)
    if not doubled:
        return []
    return [
        fault("duplicate_spot", f"positions stand more than once: {listed(doubled)}",
              where=source.name, allowed="every position once",
              remedy="remove the doubled rows", record=f"{len(doubled)} doubled positions")
    ]  # fmt: skip
