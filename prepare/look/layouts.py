"""Which slides print the same targets at the same places, and where the others differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from ingest.faults import listed
from prepare.look.measures import rows

_SHOWN = 4

_SLIDES = """
select
    units.slide_id,
    units.slide_print,
    units.by_block,
    units.n_blocks::bigint as n_blocks,
    max(b.n_rows) as n_rows,
    max(b.n_columns) as n_columns,
    sum(b.n_spots)::bigint as n_spots,
    max(b.n_spots) as n_spots_per_block
from units inner join block_prints as b using (slide_id)
group by all
order by slide_id
"""

_DIFFERENCES = """
with
one as (
    select block, spot_row, spot_column, target_name from spots where slide_id = $slide
),
usual as (
    select block, spot_row, spot_column, target_name from spots where slide_id = $usual
)
select
    coalesce(one.block, usual.block) as block,
    coalesce(one.spot_row, usual.spot_row) as spot_row,
    coalesce(one.spot_column, usual.spot_column) as spot_column,
    one.target_name as found,
    usual.target_name as wanted
from one
full join usual
    on one.block = usual.block
    and one.spot_row = usual.spot_row
    and one.spot_column = usual.spot_column
where one.target_name is distinct from usual.target_name
order by 1, 2, 3
"""


@dataclass(frozen=True)
class SlideShape:
    """How a slide is printed.

    Parameters
    ----------
    by_block : bool
        True where each Block is a sample, false where Blocks are print grids of one.
    layout : int
        Number of its layout, from 1; 1 is the commonest.
    difference : str
        How it differs from the commonest layout, in words; empty where it does not.
    """

    slide_id: str
    by_block: bool
    n_blocks: int
    n_rows: int
    n_columns: int
    n_spots: int
    n_spots_per_block: int
    layout: int
    difference: str


def shapes(con: DuckDBPyConnection) -> dict[str, SlideShape]:
    """Return how every slide on the bench is printed, compared with the commonest layout."""
    found = rows(con, _SLIDES)
    prints = [r["slide_print"] for r in found]
    order = sorted(dict.fromkeys(prints), key=lambda p: (-prints.count(p), prints.index(p)))
    usual = next((r["slide_id"] for r in found if r["slide_print"] == order[0]), "")
    shaped = {}
    for row in found:
        layout = order.index(row["slide_print"]) + 1
        difference = _difference(con, row["slide_id"], usual) if layout > 1 else ""
        kept = {k: v for k, v in row.items() if k != "slide_print"}
        shaped[row["slide_id"]] = SlideShape(**kept, layout=layout, difference=difference)
    return shaped


def _difference(con: DuckDBPyConnection, slide: str, usual: str) -> str:
    found = con.execute(_DIFFERENCES, {"slide": slide, "usual": usual}).fetchall()
    n_usual = con.execute("select count(*) from spots where slide_id = ?", [usual]).fetchall()[0][0]
    if 2 * sum(r[4] is not None for r in found) > n_usual:
        return "most of its spots are others: another kind of array"
    missing = [_place(r[:3], r[4]) for r in found if r[3] is None]
    extra = [_place(r[:3], r[3]) for r in found if r[4] is None]
    other = [f"{_place(r[:3], r[3])} instead of `{r[4]}`" for r in found
             if r[3] is not None and r[4] is not None]  # fmt: skip
    parts = [
        f"{len(texts)} {word}: {listed(texts, _SHOWN)}"
        for word, texts in (("missing", missing), ("more", extra), ("other", other))
        if texts
    ]
    return "; ".join(parts)


def _place(position: Sequence[int], name: str) -> str:
    block, row, column = position
    return f"Block {block} Row {row} Column {column} `{name}`"
