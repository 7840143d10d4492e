"""What should be known of an xPONENT export though nothing is wrong: wells that are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.faults import listed
from ingest.platforms.value_cells import number_of
from ingest.platforms.xponent_blocks import Frame


def notes(frame: Frame, wells: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[str, ...]:
    """Return what should be known of an export.

    Parameters
    ----------
    wells : mapping
        Block whose cells are values → the well and the label of each of its lines.
    """
    found = []
    everywhere = list(dict.fromkeys(well for own in wells.values() for well, _ in own))
    for name, own in wells.items():
        here = {well for well, _ in own}
        if absent := [w for w in everywhere if w not in here]:
            found.append(
                f"the block `{name}` lacks the wells {listed(absent, 12)} "
                f"({len(here)} of {len(everywhere)} are there)"
            )
    head = frame.head("Samples")
    declared = number_of(head.cell(1)) if head else None
    n_labels = len({label for own in wells.values() for _, label in own})
    if declared is not None and declared not in (len(everywhere), n_labels):
        found.append(
            f"the header declares {declared:.0f} samples, the blocks hold {len(everywhere)} wells"
            f"{_missing_of_grid(everywhere, int(declared))}"
        )
    if kept := [b.name for b in frame.blocks if b.name not in wells and len(b.records) > 1]:
        found.append(f"kept as they stand, not as values: {listed(kept, 12)}")
    if not frame.is_closed:
        found.append("the closing CRC line is missing: the file may have been cut or saved again")
    return tuple(found)


def _missing_of_grid(wells: list[str], declared: int) -> str:
    """Return which wells of a full plate are missing, in words."""
    sizes = {96: (8, 12), 384: (16, 24)}
    if declared not in sizes:
        return ""
    n_rows, n_columns = sizes[declared]
    grid = [f"{chr(65 + r)}{c}" for r in range(n_rows) for c in range(1, n_columns + 1)]
    absent = [w for w in grid if w not in set(wells)]
    return f"; missing: {listed(absent, 12)}"
