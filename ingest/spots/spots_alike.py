"""What is printed where, as far as slides themselves can tell: Blocks of a slide are alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ingest.panel.gal import Position
from ingest.spots.spot_differences import Spot, Spots


def usual_block(spots: Spots) -> dict[Position, Spot]:
    """Return the layout in which every Block is printed like most Blocks of the slide.

    Of layouts that are equally frequent the fuller one counts, then the earlier one.
    """
    blocks: dict[int, dict[tuple[int, int], Spot]] = {}
    for (block, row, column), spot in sorted(spots.items()):
        blocks.setdefault(block, {})[row, column] = spot
    prints = {b: frozenset((p, s.key) for p, s in own.items()) for b, own in blocks.items()}
    often = Counter(prints.values())
    best = max(blocks, key=lambda b: (often[prints[b]], len(prints[b]), -b), default=None)
    if best is None:
        return {}
    return {
        (block, *at): replace(spot, line=0) for block in blocks for at, spot in blocks[best].items()
    }
