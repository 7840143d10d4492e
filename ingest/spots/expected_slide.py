"""What a slide must be, as sheet, layout and panel say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.declared.study import Study
from ingest.panel.catalog import Panel
from ingest.panel.gal import Layout, Position
from ingest.panel.spelling import Meaning, meaning
from ingest.spots.spot_differences import UNKNOWN, Spot


@dataclass(frozen=True)
class Expected:
    """What a slide must be.

    Parameters
    ----------
    panel : Panel
        Content list of the slide's lot.
    blocks : frozenset of int or None
        Blocks that the sample sheet names; None where one sample is the whole slide.
    layout : Layout or None
        What is printed where; None where no layout is known.
    sheet_name : str
        The sample sheet, for messages.
    lot : str
        Lot that the sheet names; empty where it names none.
    layouts : dict of str to Layout
        The layout of every lot that is known, this one included.
    lots : frozenset of str
        Every lot that the sheet names.
    """

    slide_id: str
    file_name: str
    study: Study
    panel: Panel
    blocks: frozenset[int] | None
    layout: Layout | None
    sheet_name: str = "the sample sheet"
    lot: str = ""
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    lots: frozenset[str] = frozenset()

    def n_spots(self, n_blocks: int) -> tuple[int, str] | None:
        """Return how many spots the slide must have, and who says so."""
        if self.layout is not None and not self.layout.is_seen:
            n_printed = sum(bool(f.target_name or f.target_id) for f in self.layout.features)
            return n_printed, f"the panel layout ({self.layout.name})"
        each = self.panel.n_spots_per_array
        if each is None:
            return None
        n_arrays = n_blocks if self.blocks is not None else 1
        return each * n_arrays, f"the panel layout ({self.panel.panel_id}: {each} an array)"


def printed_spots(layout: Layout, panel: Panel) -> dict[Position, Spot]:
    """Return what a layout prints at each position, as the panel understands it."""
    keys = {
        pair: key_of(pair[0], meaning(*pair, panel))
        for pair in {(f.target_name, f.target_id) for f in layout.features}
    }
    return {
        f.position: Spot(f.target_name, keys[f.target_name, f.target_id]) for f in layout.features
    }


def key_of(name: str, found: Meaning) -> str:
    """Return what a name stands for when spots are compared (see `Spot.key`)."""
    return f"{UNKNOWN}{name}" if found.why_not else found.target_id
