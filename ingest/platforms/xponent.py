"""xPONENT exports of MAGPIX, LX and FLEXMAP: blocks of wells by targets, one quantity each.

Facts about the format: header lines, then blocks that begin with `DataType:`; a block of wells
has the titles Location, Sample, targets, Total Events. Averages over labels, units, bead
regions, dilutions, logs are blocks too; they are kept beside the values as they stand.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile
from ingest.platforms.atf import HeaderRecord
from ingest.platforms.platform import ValueReading
from ingest.platforms.value_cells import number_of
from ingest.platforms.value_format import Tokens, ValueFormat
from ingest.platforms.value_rows import Cells, extras_table, joined, read_cells
from ingest.platforms.xponent_blocks import (
    Block,
    Frame,
    Record,
    frame_faults,
    line_fault,
    read_frame,
    shape_faults,
    well_of,
)
from ingest.platforms.xponent_flags import Flags
from ingest.platforms.xponent_notes import notes

#: Block → quantity, unit, whether the file holds percent. Other blocks are kept as they stand.
QUANTITIES: dict[str, tuple[str, str, bool]] = {
    "median": ("median_fluorescence", "afu", False),
    "net mfi": ("net_mfi", "afu", False),
    "count": ("bead_count", "count", False),
    "mean": ("mean_fluorescence", "afu", False),
    "%cv": ("bead_cv", "fraction", True),
    "peak": ("peak_fluorescence", "afu", False),
    "std dev": ("sd_fluorescence", "afu", False),
    "trimmed count": ("trimmed_bead_count", "count", False),
    "trimmed mean": ("trimmed_mean_fluorescence", "afu", False),
    "trimmed % cv of microspheres": ("trimmed_bead_cv", "fraction", True),
    "trimmed peak": ("trimmed_peak_fluorescence", "afu", False),
    "trimmed standard deviation": ("trimmed_sd_fluorescence", "afu", False),
    "result": ("concentration", "", False),
    "% recovery": ("recovery", "fraction", True),
}
#: Quantities that few beads make doubtful.
FLAGGED = ("median_fluorescence", "net_mfi", "mean_fluorescence", "concentration")
#: Quantities of a standard that stand beside its expected concentration.
_ON_CURVE = ("median_fluorescence", "net_mfi", "concentration")
EXPECTED = "standard expected concentration"
_NO_TARGET = ("location", "sample", "total events", "notes", "events", "sampling errors")
_REMEDY = "export the plate again; the cell is set aside"


@dataclass(frozen=True)
class _Well:
    line: int
    well: str
    label: str
    cells: dict[str, str]


def read_xponent(source: SourceFile, form: ValueFormat, platform_id: str) -> ValueReading:
    """Return every measured cell of an export.

    Raises
    ------
    RefusedError
        A line does not parse, a well stands twice, no block holds a median or a result.
    """
    frame = read_frame(source)
    measured = [b for b in frame.blocks if b.key in QUANTITIES]
    faults = frame_faults(source, frame)
    for block in measured:
        faults += shape_faults(source, block)
    n_lines = sum(len(b.records) for b in frame.blocks)
    if faults:
        raise RefusedError(sorted(faults, key=lambda f: f.line), n_rows_in=n_lines)
    wells = {b.name: _wells(b) for b in measured}
    if faults := _content_faults(source, measured, wells):
        raise RefusedError(faults, n_rows_in=n_lines)
    targets = _targets(measured)
    counts = {w.well: w.cells for w in wells.get(_named(measured, "count"), [])}
    flags = Flags(frame, counts)
    tables: list[pa.Table] = []
    aside: list[Fault] = []
    n_cells = 0
    for block in measured:
        for target in (t for t in block.titles if t.casefold() not in _NO_TARGET):
            cells = _column(frame, block, wells[block.name], target, flags)
            table, found = read_cells(cells, _tokens(form.tokens), source.name, _REMEDY)
            tables.append(table)
            aside += found
            n_cells += len(wells[block.name])
    return ValueReading(
        platform_id,
        _version(frame),
        joined(tables),
        tuple((t, "", "") for t in targets),
        tuple(dict.fromkeys(w.label for own in wells.values() for w in own)),
        _extras(frame, wells),
        _headers(frame),
        n_cells,
        tuple(sorted(aside, key=lambda f: f.line)),
        scan_day(frame),
        notes(frame, {n: [(w.well, w.label) for w in own] for n, own in wells.items()}),
    )


def scan_day(frame: Frame) -> date | None:
    """Return the day of the run; month and day are told apart by AM and PM, else left open."""
    for key in ("BatchStartTime", "Date"):
        record = frame.head(key)
        text = " ".join(record.cells[1:]) if record else ""
        found = re.match(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})\b(.*)", text)
        if not found:
            continue
        first, second, year = (int(found.group(i)) for i in (1, 2, 3))
        is_american = bool(re.search(r"\b[AP]M\b", found.group(4))) or second > 12
        if not is_american and first <= 12:
            continue
        month, day = (first, second) if is_american else (second, first)
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


def _tokens(tokens: Tokens) -> Tokens:
    return Tokens(tokens.below, tokens.above, (*tokens.missing, "---", "NaN"), tokens.extrapolated)


def _wells(block: Block) -> list[_Well]:
    wells = []
    for record in block.records[1:]:
        found = well_of(record)
        if found is None:
            continue
        well, line = found
        cells = {title: line.cell(i) for i, title in enumerate(block.titles)}
        wells.append(_Well(record.line, well, cells["Sample"] or well, cells))
    return wells


def _named(blocks: list[Block], key: str) -> str:
    return next((b.name for b in blocks if b.key == key), "")


def _targets(measured: list[Block]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(t for b in measured for t in b.titles if t.casefold() not in _NO_TARGET)
    )


def _content_faults(
    source: SourceFile, measured: list[Block], wells: dict[str, list[_Well]]
) -> list[Fault]:
    faults = []
    if not {"median", "net mfi", "result"} & {b.key for b in measured}:
        faults.append(fault("missing_block", "no block is called Median, Net MFI or Result",
                            where=source.name, allowed="an export with medians or results",
                            remedy="export the plate again with its medians",
                            record="no block of medians or results"))  # fmt: skip
    for key, n in Counter(b.key for b in measured).items():
        if n > 1:
            faults.append(fault("duplicate_block", f"the block `{key}` stands {n} times",
                                where=source.name, allowed="every block once",
                                remedy="deliver one plate in one file",
                                record="a block stands twice"))  # fmt: skip
    labels: dict[str, str] = {}
    for block in measured:
        seen: set[str] = set()
        if "" in block.titles or len(set(block.titles)) < len(block.titles):
            faults.append(line_fault(source, block.records[0], "a title is blank or stands twice",
                                     "every target once"))  # fmt: skip
        for well in wells[block.name]:
            if well.well in seen:
                faults.append(
                    line_fault(
                        source,
                        Record(well.line, ()),
                        f"well {well.well} stands twice in `{block.name}`",
                        "every well once",
                    )
                )
            elif labels.setdefault(well.well, well.label) != well.label:
                faults.append(line_fault(source, Record(well.line, ()), f"well {well.well} has "
                                         "another sample than in an earlier block",
                                         "one sample a well"))  # fmt: skip
            seen.add(well.well)
    return faults


def _column(frame: Frame, block: Block, wells: list[_Well], target: str, flags: Flags) -> Cells:
    quantity, unit, is_share = QUANTITIES[block.key]
    expected = _expected(frame, target) if quantity in _ON_CURVE else {}
    n = len(wells)
    return Cells({
        "source_line": [w.line for w in wells],
        "label": [w.label for w in wells],
        "well": [w.well for w in wells],
        "target_name": [target] * n,
        "quantity": [quantity] * n,
        "value_text": [w.cells[target] for w in wells],
        "value_unit": [unit or _unit(frame, target)] * n,
        "scale": ["linear"] * n,
        "qc_flag": [flags.of(w.well, target) if quantity in FLAGGED else "" for w in wells],
        "expected_value": [expected.get(w.label) for w in wells],
    }, is_share)  # fmt: skip


def _unit(frame: Frame, target: str) -> str:
    block = frame.block("units")
    rows = {r.cell(0).casefold(): r for r in block.records} if block else {}
    names, units = rows.get("analyte:"), rows.get("units:")
    if names and units and target in [c.strip() for c in names.cells]:
        return units.cell([c.strip() for c in names.cells].index(target)) or "not stated"
    return "not stated"


def _expected(frame: Frame, target: str) -> dict[str, float]:
    """Return the expected concentration of a target in each standard, by label."""
    block = frame.block(EXPECTED)
    if block is None or target not in block.titles:
        return {}
    column = block.titles.index(target)
    label = block.titles.index("Sample") if "Sample" in block.titles else 0
    found = {}
    for record in block.records[1:]:
        known = well_of(record) if block.titles[0] == "Location" else None
        line = known[1] if known else record
        if (value := number_of(line.cell(column))) is not None:
            found[line.cell(label)] = value
    return found


def _extras(frame: Frame, wells: dict[str, list[_Well]]) -> pa.Table:
    lines: dict[int, dict[str, str]] = {}
    for block in frame.blocks:
        if block.key in QUANTITIES:
            for well in wells[block.name]:
                lines[well.line] = {
                    t: c for t, c in well.cells.items()
                    if t.casefold() in _NO_TARGET[2:] and c
                }  # fmt: skip
            continue
        for record in block.records:
            cells = {str(i): c for i, c in enumerate(record.cells, 1) if c.strip()}
            lines[record.line] = {"DataType": block.name, **cells}
    return extras_table(lines)


def _headers(frame: Frame) -> tuple[HeaderRecord, ...]:
    return tuple(
        HeaderRecord(number, r.cell(0), " | ".join(c.strip() for c in r.cells[1:]))
        for number, r in enumerate(frame.header, 1)
    )


def _version(frame: Frame) -> str:
    program, build = frame.head("Program"), frame.head("Build")
    instrument = next((c for c in program.cells[2:] if c.strip()), "") if program else ""
    return " ".join(p for p in ("xPONENT", build.cell(1) if build else "", instrument) if p)
