"""An in-memory bench: the spots of bare files in the shape of raw.spots, judged by SQL.

Net signal, kept spots and saturation are what the warehouse says they are (docs/methods.md 1.1
to 1.3); a test compares the figures with marts.fct_array_quality. Nothing touches a disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts import conform
from contracts.scans import SPOTS
from ingest.panel.catalog import Panel
from prepare.look.gather import Scan
from prepare.look.vocabulary import meaning, panel_of
from store.engine import IN_MEMORY

#: The founding platform's wavelength; used where a file has several and nobody chose.
USUAL_CHANNEL_NM = 532

_SLIDES = pa.schema([("slide_id", pa.string()), ("channel_nm", pa.int64())])
_TARGETS = pa.schema([
    ("slide_id", pa.string()), ("target_name", pa.string()), ("target_id", pa.string()),
    ("target_key", pa.string()), ("target_kind", pa.string()), ("target_order", pa.int64()),
    ("is_known", pa.bool_()),
])  # fmt: skip

_PRINTS = """
create table block_prints as
select
    slide_id,
    block,
    count(*) as n_spots,
    max(spot_row) as n_rows,
    max(spot_column) as n_columns,
    md5(string_agg(
        spot_row || ':' || spot_column || ':' || target_name, '|'
        order by spot_row, spot_column
    )) as print
from (
    select s.* from raw.spots as s
    inner join slides on s.slide_id = slides.slide_id and s.channel_nm = slides.channel_nm
)
group by slide_id, block
"""

# Blocks are samples where most of a slide's Blocks print the same targets at the same places.
_UNITS = """
create table units as
with
counted as (
    select slide_id, print, count(*) as n from block_prints group by slide_id, print
),
usual as (
    select slide_id, max(n) as n_alike, sum(n) as n_blocks, arg_max(print, (n, print)) as print
    from counted group by slide_id
)
select
    usual.slide_id,
    usual.n_blocks,
    case $blocks
        when 'samples' then true
        when 'grids' then false
        else usual.n_blocks > 1 and usual.n_alike * 2 > usual.n_blocks
    end as by_block,
    usual.print as usual_block_print,
    (
        select md5(string_agg(b.block || ':' || b.print, '|' order by b.block))
        from block_prints as b where b.slide_id = usual.slide_id
    ) as slide_print
from usual
"""

_SPOTS = """
create table spots as
select
    s.slide_id,
    s.block,
    case when units.by_block then s.slide_id || '/B' || s.block else s.slide_id end as array_id,
    s.spot_row,
    s.spot_column,
    s.x_um,
    s.y_um,
    s.diameter_um,
    s.target_name,
    t.target_key,
    t.target_kind,
    t.target_order,
    t.is_known,
    s.foreground_median_afu as foreground_afu,
    s.background_median_afu as background_afu,
    s.foreground_median_afu - s.background_median_afu as net_afu,
    s.flag,
    s.flag < 0 as is_flagged,
    coalesce(s.foreground_median_afu >= 65535, false)
    or coalesce(s.saturated_frac > 0.5, false) as is_saturated,
    t.is_known
    and s.flag >= 0
    and not (
        coalesce(s.foreground_median_afu >= 65535, false)
        or coalesce(s.saturated_frac > 0.5, false)
    )
    and s.foreground_median_afu - s.background_median_afu is not null as is_kept
from raw.spots as s
inner join slides on s.slide_id = slides.slide_id and s.channel_nm = slides.channel_nm
inner join units on s.slide_id = units.slide_id
inner join targets as t
    on s.slide_id = t.slide_id
    and s.target_name = t.target_name
    and s.target_id = t.target_id
"""


@dataclass(frozen=True)
class Bench:
    """The spots on the bench.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds raw.spots (every channel), slides, targets, block_prints, units, and `spots`: the
        chosen channel with net signal and marks.
    channels : dict of str to int
        Slide → wavelength that is looked at.
    panels : dict of str to Panel
        Slide → shipped panel that it prints, where one is recognised.
    """

    con: DuckDBPyConnection
    channels: dict[str, int]
    panels: dict[str, Panel]


def lay_out(scans: Sequence[Scan], *, channel_nm: int | None, blocks: str | None) -> Bench:
    """Put scans on a bench.

    Parameters
    ----------
    channel_nm : int or None
        Wavelength to look at; a file without it shows its first one.
    blocks : str or None
        samples: each Block is an array; grids: the whole slide is one; None: judged by what the
        Blocks print.
    """
    con = duckdb.connect(":memory:", config=IN_MEMORY)
    con.execute("; ".join(SPOTS.as_table().create_sql()))
    channels = {s.slide_id: _channel(s, channel_nm) for s in scans}
    panels: dict[str, Panel] = {}
    meanings = []
    for scan in scans:
        _add_spots(con, scan)
        panel, found = _meanings(scan)
        meanings.append(found)
        if panel:
            panels[scan.slide_id] = panel
    slides = [{"slide_id": s, "channel_nm": c} for s, c in channels.items()]
    _create(con, "slides", pa.Table.from_pylist(slides, _SLIDES))
    _create(con, "targets", pa.concat_tables(meanings or [_TARGETS.empty_table()]))
    con.execute(_PRINTS)
    con.execute(_UNITS, {"blocks": blocks or "judged"})
    con.execute(_SPOTS)
    return Bench(con, channels, panels)


def _channel(scan: Scan, wanted: int | None) -> int:
    found = scan.reading.channels
    for channel in (wanted, USUAL_CHANNEL_NM):
        if channel in found:
            return int(channel)
    return int(found[0])


def _add_spots(con: DuckDBPyConnection, scan: Scan) -> None:
    table = scan.reading.table
    n = table.num_rows
    fixed = {"study_id": "look", "batch_id": "look", "slide_id": scan.slide_id,
             "file_sha256": scan.sha256}  # fmt: skip
    for column, text in fixed.items():
        table = table.append_column(column, pa.repeat(pa.scalar(text), n))
    con.register("_rows", conform(table, SPOTS))
    con.execute("insert into raw.spots by name select * from _rows")
    con.unregister("_rows")


def _meanings(scan: Scan) -> tuple[Panel | None, pa.Table]:
    table = scan.reading.table
    pairs = sorted(set(zip(table.column("target_name").to_pylist(),
                           table.column("target_id").to_pylist(), strict=True)))  # fmt: skip
    panel = panel_of(name for name, _ in pairs)
    rows = []
    for name, printed_id in pairs:
        found = meaning(name, printed_id, panel)
        rows.append({"slide_id": scan.slide_id, "target_name": name, "target_id": printed_id,
                     "target_key": found.target_key, "target_kind": found.target_kind,
                     "target_order": found.target_order, "is_known": found.is_known})  # fmt: skip
    return panel, pa.Table.from_pylist(rows, _TARGETS)


def _create(con: DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("_rows", table)
    con.execute(f"create table {name} as select * from _rows")
    con.unregister("_rows")
