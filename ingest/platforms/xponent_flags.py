"""Cells of an xPONENT export that the export itself calls doubtful: few beads, a well's status."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.platforms.value_cells import number_of
from ingest.platforms.xponent_blocks import Frame

LOW_COUNT = "fewer beads than the protocol asks for"


class Flags:
    """Which wells and cells the export itself calls doubtful."""

    def __init__(self, frame: Frame, counts: Mapping[str, Mapping[str, str]]) -> None:
        self._least = _least_beads(frame)
        self._counts = counts
        self._status = _statuses(frame)

    def of(self, well: str, target: str) -> str:
        """Return the flag of a cell, empty for none."""
        flags = [self._status[well]] if well in self._status else []
        least = self._least.get(target, self._least.get("", 0.0))
        count = number_of(self._counts.get(well, {}).get(target, ""))
        if least and count is not None and count < least:
            flags.append(LOW_COUNT)
        return "; ".join(flags)


def _least_beads(frame: Frame) -> dict[str, float]:
    """Return how many beads of each target the protocol asks for; "" stands for all."""
    found: dict[str, float] = {}
    head = frame.head("Samples")
    if head and head.cell(4).casefold() == "per bead":
        found[""] = number_of(head.cell(3)) or 0.0
    block = frame.block("per bead count")
    rows = {r.cell(0).casefold(): r for r in block.records} if block else {}
    names = rows.get("analyte:") or rows.get("alyte:")
    counts = rows.get("per bead:")
    if names and counts:
        for i in range(1, len(names.cells)):
            if (n := number_of(counts.cell(i))) is not None:
                found[names.cell(i)] = n
    return found


def _statuses(frame: Frame) -> dict[str, str]:
    """Return the status of each well that the export complains about."""
    block = frame.block("warnings/errors")
    found = {}
    for record in block.records[1:] if block else ():
        well = re.fullmatch(r"\d+,([A-Za-z]{1,2}\d{1,2})", record.cell(0))
        if well and record.cell(1).casefold() not in ("ok", ""):
            found[well.group(1).upper()] = record.cell(1)
    return found
