"""What can be wrong with the spots of a GenePix file that can be judged from the file alone."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ingest.faults import Fault, fault, listed
from ingest.files.source_file import SourceFile
from ingest.platforms.atf import AtfFrame
from ingest.platforms.genepix_columns import POSITION_COLUMNS, WHOLE_NUMBERS, Titles
from ingest.platforms.genepix_rows import Rows

#: A 16-bit scanner counts no further.
CEILING_AFU = 65535.0
#: What GenePix itself writes; another value in a last line without line end may be a cut one.
GENEPIX_FLAGS = (100, 0, -50, -75, -100)


def duplicate_spots(source: SourceFile, positions: pa.Table) -> list[Fault]:
    """Return faults for positions below 1 and for spots that stand twice."""
    faults = []
    below = pc.or_(
        pc.or_(pc.less(positions["block"], 1), pc.less(positions["spot_row"], 1)),
        pc.less(positions["spot_column"], 1),
    )
    if pc.any(below).as_py():
        lines = positions.filter(below)["source_line"].to_pylist()
        faults.append(
            fault("position", "a Block, Row or Column is below 1",
                  where=f"{source.name}, lines {listed(lines)}", allowed="numbers from 1",
                  remedy="export the file again",
                  record=f"{len(lines)} spots with a position below 1", line=lines[0])
        )  # fmt: skip
    counts = positions.group_by(list(POSITION_COLUMNS)).aggregate([("source_line", "list")])
    doubled = counts.filter(pc.greater(pc.list_value_length(counts["source_line_list"]), 1))
    if doubled.num_rows:
        shown = [
            f"Block {r['block']} Row {r['spot_row']} Column {r['spot_column']} "
            f"(lines {listed(r['source_line_list'])})"
            for r in doubled.sort_by([(c, "ascending") for c in POSITION_COLUMNS]).to_pylist()
        ]
        faults.append(
            fault("duplicate_spot", f"{len(shown)} spots stand more than once: {listed(shown)}",
                  where=source.name, allowed="every Block, Row and Column once",
                  remedy="export the file again, or remove the doubled rows",
                  record=f"{len(shown)} spots stand more than once: {listed(shown)}")
        )  # fmt: skip
    return faults


def out_of_range(source: SourceFile, rows: Rows, titles: Titles) -> list[Fault]:
    """Return a fault for each cell whose number cannot be: negative, too large, NaN, infinite.

    Cells that are no number at all have theirs already and are null here.
    """
    faults: list[Fault] = []
    for title in titles.numeric:
        column = titles.column_of(title)
        if column in WHOLE_NUMBERS:
            continue
        values = rows.table.column(title)
        low, high, allowed = limits(column)
        good = pc.and_(pc.is_finite(values), pc.and_(pc.greater_equal(values, low),
                                                     pc.less_equal(values, high)))  # fmt: skip
        bad = pc.and_(pc.is_valid(values), pc.invert(good))
        if not pc.any(bad).as_py():
            continue
        picked = rows.table.filter(bad)
        faults += [
            fault("intensity", f"`{title}` is {value:g}", where=f"{source.name}, line {line}",
                  allowed=allowed, remedy="look at the scan; the row is set aside",
                  record=f"{title} is not {allowed}", line=line, column=column)
            for line, value in zip(picked["source_line"].to_pylist(), picked[title].to_pylist(),
                                   strict=True)
        ]  # fmt: skip
    return faults


def unfinished_last_row(
    source: SourceFile, frame: AtfFrame, rows: Rows, titles: Titles
) -> list[Fault]:
    """Return a fault if the last row has no line end and its last number may therefore be cut.

    A flag that GenePix writes cannot be the beginning of another one; any other number can.
    """
    last = frame.titles[-1]
    if frame.body.endswith("\n") or not rows.table.num_rows or last not in titles.numeric:
        return []
    if last == "Flags" and rows.table[last][-1].as_py() in GENEPIX_FLAGS:
        return []
    line = rows.table["source_line"][-1].as_py()
    return [
        fault("truncated_cell", f"the last row has no line end; `{last}` may be cut",
              where=f"{source.name}, line {line}", allowed="a line end after every row",
              remedy="copy the file again; the row is set aside",
              record=f"the last row has no line end; {last} may be cut", line=line,
              column=titles.column_of(last))
    ]  # fmt: skip


def limits(column: str) -> tuple[float, float, str]:
    """Return the lowest and highest number that a column may hold, and that in words."""
    if column in ("x_um", "y_um"):
        return float("-inf"), float("inf"), "a finite number"
    if column == "diameter_um":
        return 0.0, float("inf"), "a finite number from 0"
    if column == "saturated_frac":
        return 0.0, 100.0, "a percentage from 0 to 100"
    return 0.0, CEILING_AFU, f"a number from 0 to {CEILING_AFU:.0f}"
