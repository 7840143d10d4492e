"""Is a slide the one that the sheet, the lot's layout and the panel say it is?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ingest.catalog import Panel
from ingest.faults import Fault, fault, listed
from ingest.gal import Layout, Position
from ingest.platforms import Reading
from ingest.study import Study

_SHOWN = 6


@dataclass(frozen=True)
class Expected:
    """What a slide must be.

    Parameters
    ----------
    blocks : frozenset of int or None
        Blocks that the sample sheet names; None where one sample is the whole slide.
    layout : Layout or None
        What is printed where; None where no layout is known.
    sheet_name : str
        The sample sheet, for messages.
    """

    slide_id: str
    file_name: str
    study: Study
    panel: Panel
    blocks: frozenset[int] | None
    layout: Layout | None
    sheet_name: str = "the sample sheet"

    def n_spots(self, n_blocks: int) -> tuple[int, str] | None:
        """Return how many spots the slide must have, and who says so."""
        if self.layout is not None:
            return len(self.layout.features), f"the panel layout ({self.layout.name})"
        each = self.panel.n_spots_per_array
        if each is None:
            return None
        n_arrays = n_blocks if self.blocks is not None else 1
        return each * n_arrays, f"the panel layout ({self.panel.panel_id}: {each} an array)"


def slide_faults(reading: Reading, expected: Expected) -> list[Fault]:
    """Return everything that makes a slide unfit to load; an empty list where it is as declared."""
    spots = {
        (block, row, column): (name, line)
        for block, row, column, name, line in zip(
            *(reading.positions[c].to_pylist() for c in
              ("block", "spot_row", "spot_column", "target_name", "source_line")),
            strict=True,
        )
    }  # fmt: skip
    faults = _channel(reading, expected)
    faults += _blocks(spots, expected)
    short = short_fault(len(spots), expected, _n_blocks(spots, expected))
    faults += short
    if expected.layout is not None:
        faults += _positions(spots, expected, expected.layout, is_short=bool(short))
    faults += _names(spots, expected)
    return faults


def short_fault(n_found: int, expected: Expected, n_blocks: int, place: str = "") -> list[Fault]:
    """Return a fault where a file has fewer spots than its layout: it was cut."""
    wanted = expected.n_spots(n_blocks)
    if wanted is None or n_found >= wanted[0]:
        return []
    text = f"{n_found} of {wanted[0]} spots, {wanted[0]} from {wanted[1]}"
    return [
        fault("truncated", f"the file is truncated: {text}{f'; it {place}' if place else ''}",
              where=expected.file_name, allowed="every spot of the layout",
              remedy="export or copy the file again", record=text)
    ]  # fmt: skip


def layout_faults(layout: Layout, panel: Panel) -> list[Fault]:
    """Return faults for names in a layout that the panel's content list does not have."""
    unknown = sorted({f.target_name for f in layout.features} - panel.names - {""})
    return [_unknown(name, layout.name, "", panel) for name in unknown]


def _n_blocks(spots: dict[Position, tuple[str, int]], expected: Expected) -> int:
    return len(expected.blocks) if expected.blocks else len({p[0] for p in spots})


def _channel(reading: Reading, expected: Expected) -> list[Fault]:
    wanted = expected.study.channel_nm
    if wanted is None or wanted in reading.channels:
        return []
    found = " and ".join(f"{c} nm" for c in reading.channels)
    return [
        fault("wrong_channel", f"the file was scanned at {found}, study.toml says {wanted} nm",
              where=expected.file_name, allowed=f"a scan at {wanted} nm",
              remedy="deliver the other scan, or correct [panel] channel_nm",
              record=f"scanned at {found}, the study uses {wanted} nm")
    ]  # fmt: skip


def _blocks(spots: dict[Position, tuple[str, int]], expected: Expected) -> list[Fault]:
    if expected.blocks is None:
        return []
    found = {p[0] for p in spots}
    faults = []
    if undeclared := sorted(found - expected.blocks):
        faults.append(
            fault("no_sample_row", f"Block {listed(undeclared)} of slide {expected.slide_id} has "
                  f"no row in {expected.sheet_name}", where=expected.file_name,
                  allowed="a row for every Block", remedy="add the rows; an unused Block has the "
                  "group_code `empty`", record=f"no sample row for Block {listed(undeclared)}")
        )  # fmt: skip
    if absent := sorted(expected.blocks - found):
        faults.append(
            fault("missing_block", f"{expected.sheet_name} names Block {listed(absent)}, the file "
                  f"has {listed(sorted(found))}", where=expected.file_name,
                  allowed="Blocks that the file has", remedy="correct the sheet, or deliver the "
                  "whole scan", record=f"Block {listed(absent)} is not in the file")
        )  # fmt: skip
    return faults


def _positions(
    spots: dict[Position, tuple[str, int]], expected: Expected, layout: Layout, *, is_short: bool
) -> list[Fault]:
    """Return faults for spots that are missing, extra, or hold another target than the layout."""
    printed = {f.position: f.target_name for f in layout.features}
    missing = sorted(printed.keys() - spots.keys())
    extra = sorted(spots.keys() - printed.keys())
    other = sorted(p for p in printed.keys() & spots.keys() if printed[p] != spots[p][0])
    texts = []
    if missing:
        texts.append(f"missing: {listed([_place(p, printed[p]) for p in missing], _SHOWN)}")
    if extra:
        texts.append(
            f"not in the layout: {listed([_place(p, spots[p][0]) for p in extra], _SHOWN)}"
        )
    if other:
        texts.append("another target: " + listed(
            [f"{_place(p, spots[p][0])} on line {spots[p][1]}, the layout has `{printed[p]}`"
             for p in other], _SHOWN))  # fmt: skip
    if not texts or (is_short and not extra and not other):
        return []
    counts = f"{len(missing)} missing, {len(extra)} extra, {len(other)} other"
    return [
        fault("layout", f"the spots are not those of {layout.name} ({counts}); {'; '.join(texts)}",
              where=expected.file_name, allowed=f"the spots of {layout.name}",
              remedy="see whether slide, lot and layout belong together",
              record=f"spots differ from the layout: {counts}; {'; '.join(texts)}")
    ]  # fmt: skip


def _names(spots: dict[Position, tuple[str, int]], expected: Expected) -> list[Fault]:
    allowed = expected.panel.names
    unknown: dict[str, list[str]] = defaultdict(list)
    for position, (name, line) in sorted(spots.items()):
        # A position without a name is an unprinted one; the layout, where known, has judged it.
        if name and name not in allowed:
            unknown[name].append(f"{_place(position)} (line {line})")
    return [
        _unknown(name, expected.file_name, listed(places, _SHOWN), expected.panel)
        for name, places in unknown.items()
    ]


def _unknown(name: str, file_name: str, places: str, panel: Panel) -> Fault:
    near = panel.nearest(name)
    remedy = f"did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else (
        "correct the array list that the scan was made with"
    )  # fmt: skip
    at = f" at {places}" if places else ""
    given = f"the target name `{name}`{at} is not in the content list of {panel.panel_id}"
    return fault("unknown_target", given, where=file_name,
                 allowed=f"its {len(panel.names)} names: {listed(sorted(panel.names), 12)}",
                 remedy=remedy, record=given)  # fmt: skip


def _place(position: Position, name: str = "") -> str:
    text = f"Block {position[0]} Row {position[1]} Column {position[2]}"
    return f"{text} `{name}`" if name else text
