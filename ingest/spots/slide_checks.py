"""Is a slide the one that the sheet, the lot's layout and the panel say it is?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ingest.faults import Fault, fault, listed
from ingest.panel.catalog import Panel
from ingest.panel.gal import Layout
from ingest.panel.spelling import Meaning, meaning, notes
from ingest.platforms import Reading
from ingest.spots.expected_slide import Expected, key_of, printed_spots
from ingest.spots.lot_checks import lot_faults, other_lot_of
from ingest.spots.row_order import order_faults
from ingest.spots.spot_differences import UNKNOWN, Differences, Spot, Spots, differences
from ingest.spots.spot_words import place
from ingest.spots.spots_alike import usual_block

__all__ = ["Expected", "layout_faults", "printed_spots", "short_fault", "slide_faults",
           "slide_notes"]  # fmt: skip

_SHOWN = 6
#: Unknown names that are described one by one.
_NAMED = 10


def slide_faults(reading: Reading, expected: Expected) -> list[Fault]:
    """Return everything that makes a slide unfit to load; an empty list where it is as declared."""
    meanings = _meanings(reading, expected.panel)
    spots = _spots(reading, meanings)
    faults = _channel(reading, expected)
    faults += _blocks(spots, expected)
    faults += order_faults(reading, expected)
    printed = printed_spots(expected.layout, expected.panel) if expected.layout else None
    gap = differences(printed, spots) if printed is not None else None
    if other := other_lot_of(spots, gap, expected):
        return [*faults, other]
    faults += lot_faults(((h.key, h.text) for h in reading.headers), expected)
    if gap is None and expected.blocks is not None:
        gap = differences(usual_block(spots), spots)
    faults += _differing(spots, gap, expected)
    return faults + _names(spots, meanings, printed or {}, expected)


def slide_notes(reading: Reading, expected: Expected) -> tuple[str, ...]:
    """Return what should be known of a slide that is fit to load: spellings that are not exact."""
    found = _meanings(reading, expected.panel)
    return notes(((name, m) for (name, _), m in found.items()), expected.panel)


def short_fault(
    n_found: int,
    expected: Expected,
    n_blocks: int,
    place: str = "",
    missing: str = "",
    *,
    is_cut: bool = True,
) -> list[Fault]:
    """Return a fault where a file has fewer spots than its layout: cut, or with a gap inside."""
    wanted = expected.n_spots(n_blocks)
    if wanted is None or n_found >= wanted[0]:
        return []
    text = f"{n_found} of {wanted[0]} spots, {wanted[0]} from {wanted[1]}"
    named = f"{text}; {missing}" if missing else text
    rule_id, what = (
        ("truncated", "the file is truncated") if is_cut else
        ("missing_spots", "rows are missing inside the file")
    )  # fmt: skip
    return [
        fault(rule_id, f"{what}: {named}{f'; it {place}' if place else ''}",
              where=expected.file_name, allowed="every spot of the layout",
              remedy="export or copy the file again", record=named)
    ]  # fmt: skip


def layout_faults(layout: Layout, panel: Panel) -> list[Fault]:
    """Return faults for names in a layout that the panel's content list does not have."""
    pairs = sorted({(f.target_name, f.target_id) for f in layout.features})
    found = {pair: meaning(*pair, panel) for pair in pairs}
    return [_unknown(name, m, layout.name, "", panel) for (name, _), m in found.items()
            if m.why_not]  # fmt: skip


def _meanings(reading: Reading, panel: Panel) -> dict[tuple[str, str], Meaning]:
    names, ids = (reading.positions[c].to_pylist() for c in ("target_name", "target_id"))
    return {
        (name, target_id): meaning(name, target_id, panel)
        for name, target_id in sorted(set(zip(names, ids, strict=True)))
    }


def _spots(reading: Reading, meanings: Mapping[tuple[str, str], Meaning]) -> Spots:
    columns = ("block", "spot_row", "spot_column", "target_name", "target_id", "source_line")
    rows = zip(*(reading.positions[c].to_pylist() for c in columns), strict=True)
    keys = {pair: key_of(pair[0], found) for pair, found in meanings.items()}
    return {
        (block, row, column): Spot(name, keys[name, target_id], line)
        for block, row, column, name, target_id, line in rows
    }


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


def _blocks(spots: Spots, expected: Expected) -> list[Fault]:
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


def _differing(spots: Spots, gap: Differences | None, expected: Expected) -> list[Fault]:
    """Return faults for spots that are missing, extra, moved, or hold another target."""
    n_blocks = len(expected.blocks) if expected.blocks else len({p[0] for p in spots})
    wanted = expected.n_spots(n_blocks)
    n_found = len(spots) if gap is None else _n_counted(spots, gap, expected)
    is_short = wanted is not None and n_found < wanted[0]
    if gap is not None and expected.layout is not None and expected.layout.has_holes and (
        wanted is None or n_found <= wanted[0]
    ):  # fmt: skip
        gap = gap.without_extra()
    only_missing = gap is not None and gap.counts == f"{len(gap.missing)} missing"
    if is_short and (not gap or only_missing):
        missing = "; ".join(gap.texts) if gap else ""
        is_cut = not gap or max(spots, default=(0, 0, 0)) < min(gap.missing)
        return short_fault(n_found, expected, n_blocks, missing=missing, is_cut=is_cut)
    short = short_fault(n_found, expected, n_blocks)
    if not gap:
        return short
    name = expected.layout.name if expected.layout else "the other Blocks of the file"
    texts = "; ".join(gap.texts)
    return [
        *short,
        fault("layout", f"the spots are not those of {name} ({gap.counts}): {texts}",
              where=expected.file_name, allowed=f"the spots of {name}",
              remedy=_remedy(expected),
              record=f"spots differ from the layout ({gap.counts}): {texts}"),
    ]  # fmt: skip


def _n_counted(spots: Spots, gap: Differences, expected: Expected) -> int:
    """Return how many spots count towards the layout's: of a layout, the printed ones."""
    if expected.layout is None or expected.layout.is_seen:
        return len(spots)
    return sum(bool(s.key) for s in gap.printed.values()) - len(gap.missing) + len(gap.extra)


def _remedy(expected: Expected) -> str:
    if expected.layout is None:
        return ("export the file again; if the Blocks are printed so, put the lot's array list "
                "into layouts/")  # fmt: skip
    if expected.layout.is_seen:
        return (f"see which is right: this file, or {expected.layout.name}; mend that one, or put "
                "the lot's array list into layouts/")  # fmt: skip
    return "see whether slide, lot and layout belong together"


def _names(
    spots: Spots,
    meanings: Mapping[tuple[str, str], Meaning],
    printed: Spots,
    expected: Expected,
) -> list[Fault]:
    unknown: dict[str, list[str]] = defaultdict(list)
    for position, spot in sorted(spots.items()):
        # A position without a name is an unprinted one; the layout, where known, has judged it.
        if spot.key.startswith(UNKNOWN):
            unknown[spot.name].append(f"{place(position)} (line {spot.line})")
    why = {name: m for (name, _), m in meanings.items() if m.why_not}
    shown = [
        _unknown(name, why[name], expected.file_name, listed(found, _SHOWN), expected.panel,
                 _renamed(name, spots, printed))
        for name, found in list(unknown.items())[:_NAMED]
    ]  # fmt: skip
    return shown + _other_panel(unknown, meanings, expected)


def _other_panel(
    unknown: Mapping[str, list[str]],
    meanings: Mapping[tuple[str, str], Meaning],
    expected: Expected,
) -> list[Fault]:
    """Return one fault for all unknown names after the first ones: another panel, most likely."""
    if len(unknown) <= _NAMED:
        return []
    n_names = len({name for name, _ in meanings if name})
    given = (f"{len(unknown)} of its {n_names} names are not in the content list of "
             f"{expected.panel.title}")  # fmt: skip
    return [
        fault("unknown_target", given, where=expected.file_name,
              allowed="names of the panel", remedy="see whether the slide is of another panel",
              record=given)
    ]  # fmt: skip


def _renamed(name: str, spots: Spots, printed: Spots) -> str:
    """Return what the layout has where an unknown name stands."""
    had: Iterable[str] = {printed[p].name for p, s in spots.items()
                          if s.name == name and p in printed}  # fmt: skip
    return f"; the layout has {listed(f'`{n}`' for n in sorted(had))} there" if had else ""


def _unknown(
    name: str, found: Meaning, file_name: str, places: str, panel: Panel, renamed: str = ""
) -> Fault:
    near = panel.nearest(name)
    remedy = f"did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else (
        "correct the array list that the scan was made with"
    )  # fmt: skip
    at = f" at {places}" if places else ""
    given = f"the target name `{name}`{at} is not in the content list of {panel.title}"
    if found.why_not != f"`{name}` is unknown":
        given += f" ({found.why_not})"
    return fault("unknown_target", given + renamed, where=file_name,
                 allowed=f"its {len(panel.names)} names: {listed(sorted(panel.names), 12)}",
                 remedy=remedy, record=given + renamed)  # fmt: skip
