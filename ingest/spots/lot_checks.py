"""Is a slide of the lot that the sheet says? Its spots and its header may know better."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.faults import Fault, fault
from ingest.panel.catalog import fold
from ingest.spots.expected_slide import Expected, printed_spots
from ingest.spots.spot_differences import Differences, Spots, differences

#: Header records in which scanners and makers name the lot.
_RECORDS = ("galfile", "arrayname", "barcode")
#: Shorter lot names stand in other texts by chance.
_LEAST = 3


def other_lot_of(spots: Spots, gap: Differences | None, expected: Expected) -> Fault | None:
    """Return a fault where the spots differ from their lot's layout and are those of another."""
    if not gap:
        return None
    for lot, layout in sorted(expected.layouts.items()):
        printed = printed_spots(layout, expected.panel.of_every_lot())
        if lot == expected.lot or layout.is_seen or differences(printed, spots):
            continue
        own = expected.layout.name if expected.layout else ""
        counts = f"{gap.counts} against {own}"
        texts = "; ".join(gap.texts)
        return fault("another_lot", f"these are the spots of lot `{lot}` ({layout.name}), "
                     f"{expected.sheet_name} says lot `{expected.lot}` ({counts}: {texts})",
                     where=expected.file_name, allowed=f"a slide of lot `{expected.lot}`",
                     remedy=f"correct the lot in {expected.sheet_name}, or deliver the right slide",
                     record=f"the spots of lot {lot}, the sheet says {expected.lot} "
                     f"({counts}: {texts})")  # fmt: skip
    return None


def lot_faults(records: Iterable[tuple[str, str]], expected: Expected) -> list[Fault]:
    """Return a fault for each header record that names another lot of the study, and not its own.

    `records` are key and text of each. Of a path only the file's name is looked at: folders are
    shared by lots.
    """
    if len(expected.lot) < _LEAST:
        return []
    others = sorted(lot for lot in expected.lots - {expected.lot} if len(lot) >= _LEAST)
    faults = []
    for key, value in records if others else ():
        if key.lower() not in _RECORDS:
            continue
        text = re.split(r"[\\/]", value)[-1]
        named = [lot for lot in others if _names(text, lot)]
        if not named or _names(text, expected.lot):
            continue
        given = f"its {key} names lot `{named[0]}`"
        faults.append(
            fault("another_lot", f"{given}, {expected.sheet_name} says lot `{expected.lot}`",
                  where=expected.file_name, allowed=f"a slide of lot `{expected.lot}`",
                  remedy=f"correct the lot in {expected.sheet_name}, or deliver the right slide",
                  record=f"{given}, the sheet says lot `{expected.lot}`")
        )  # fmt: skip
    return faults


def _names(text: str, lot: str) -> bool:
    """Return whether a text holds a lot's name as a word of its own."""
    return re.search(rf"(?<![^\W_]){re.escape(fold(lot))}(?![^\W_])", fold(text)) is not None
