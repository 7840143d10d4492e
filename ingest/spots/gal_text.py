"""Write a learnt layout as a GenePix Array List that says where it comes from."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from ingest.spots.learn import Draft

_TITLES = ("Block", "Row", "Column", "ID", "Name")


def gal_text(draft: Draft, *, learnt_at: datetime, confirmed_by: str) -> str:
    """Return the Array List of a learnt layout.

    Its header says that it was learnt, from the file of which hash, when and confirmed by whom.
    Positions in µm are those of the slide, for programs that draw; nothing is read from them.
    """
    records = [
        ("Type", "GenePix ArrayList V1.0"),
        ("BlockCount", str(len(draft.blocks))),
        ("BlockType", "0"),
        ("Comment", "Layout learnt from a scanned slide, not the maker's array list"),
        ("Creator", "cytomart panel learn"),
        ("ArrayName", f"{draft.panel.panel_id}, {draft.lot}"),
        ("Lot", draft.lot),
        ("LearntFrom", draft.slide_id),
        ("LearntFromSha256", draft.sha256),
        ("LearntAt", learnt_at.isoformat(timespec="seconds")),
        ("ConfirmedBy", confirmed_by),
        *((f"Block{b}", _block_record(draft, b)) for b in draft.blocks),
    ]
    lines = [
        "ATF\t1.0",
        f"{len(records)}\t{len(_TITLES)}",
        *(_quoted(f"{key}={text}") for key, text in records),
        "\t".join(_quoted(t) for t in _TITLES),
        *(
            f"{f.block}\t{f.spot_row}\t{f.spot_column}\t{_quoted(f.target_id)}\t"
            f"{_quoted(f.target_name)}"
            for f in (s.feature for s in draft.spots)
        ),
    ]
    return "\r\n".join(lines) + "\r\n"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _block_record(draft: Draft, block: int) -> str:
    """Return x, y, diameter, columns, column pitch, rows, row pitch; 0 where the scan says none."""
    table = draft.reading.table
    own = table.filter(
        pc.and_(pc.equal(table["block"], block),
                pc.equal(table["channel_nm"], draft.reading.channels[0]))
    )  # fmt: skip
    n_columns = max(s.feature.spot_column for s in draft.of_block(block))
    n_rows = max(s.feature.spot_row for s in draft.of_block(block))
    x, width = _grid(own, "x_um", "spot_column")
    y, height = _grid(own, "y_um", "spot_row")
    diameter = round(pc.mean(own["diameter_um"]).as_py() or 0)
    return f"{x}, {y}, {diameter}, {n_columns}, {width}, {n_rows}, {height}"


def _grid(table: pa.Table, column: str, number: str) -> tuple[int, int]:
    """Return where the first line of spots lies, and the distance to the next, in µm."""
    centres = table.group_by(number).aggregate([(column, "mean")]).sort_by(number)
    at = [v for v in centres[f"{column}_mean"].to_pylist() if v is not None]
    if not at:
        return 0, 0
    pitch = (at[-1] - at[0]) / (len(at) - 1) if len(at) > 1 else 0
    return round(at[0]), round(pitch)
