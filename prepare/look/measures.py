"""Figures of arrays and slides, in SQL, with the warehouse's own definitions.

An array is a Block where Blocks are samples, else the whole slide. A spot is kept unless it is
flagged, saturated or unknown to the panel; levels, controls and the CV rest on kept spots, shares
on all spots (docs/methods.md 1.1 to 1.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection

#: Share of targets below the limit from which on an array is dark.
DARK_FRAC = 0.9

_ARRAYS = """
with
replicates as (
    select
        array_id,
        target_key,
        target_kind,
        count(*) as n_spots,
        avg(net_afu) filter (where is_kept) as net_afu,
        case
            when count(*) filter (where is_kept) < 2 then null
            when avg(net_afu) filter (where is_kept) <= 0 then null
            when count(*) filter (where is_kept) = 2
                then (
                    max(net_afu) filter (where is_kept) - min(net_afu) filter (where is_kept)
                ) / sqrt(2e0) / avg(net_afu) filter (where is_kept)
            else stddev_samp(net_afu order by net_afu) filter (where is_kept)
                / avg(net_afu) filter (where is_kept)
        end as cv_frac
    from spots
    group by all
),

on_targets as (
    select
        array_id,
        count(*) filter (where target_kind = 'analyte') as n_targets,
        mode(n_spots) filter (where target_kind = 'analyte') as n_replicates,
        median(net_afu) filter (where target_kind = 'analyte') as level_afu,
        median(cv_frac) filter (where target_kind = 'analyte') as cv_median_frac
    from replicates
    group by array_id
),

limits as (
    select
        array_id,
        case
            when count(net_afu) >= 2 then median(net_afu) + 3.3 * 1.4826 * mad(net_afu)
        end as detection_limit_afu
    from spots
    where target_kind in ('negative_control', 'blank') and is_kept
    group by array_id
),

below as (
    select
        replicates.array_id,
        avg((replicates.net_afu < limits.detection_limit_afu)::double) as below_limit_frac
    from replicates
    inner join limits on replicates.array_id = limits.array_id
    where replicates.target_kind = 'analyte'
    group by replicates.array_id
),

on_spots as (
    select
        array_id,
        any_value(slide_id) as slide_id,
        case when any_value(units.by_block) then any_value(block) end as block,
        count(*) as n_spots,
        max(spot_row) as n_rows,
        max(spot_column) as n_columns,
        count(*) filter (where target_kind = 'positive_control') as n_positive,
        count(*) filter (where target_kind = 'negative_control') as n_negative,
        count(*) filter (where target_kind = 'blank') as n_blank,
        count(*) filter (where not is_known) as n_unknown,
        median(background_afu) as background_afu,
        median(net_afu) filter (
            where target_kind in ('negative_control', 'blank') and is_kept
        ) as negative_control_afu,
        avg(net_afu) filter (
            where target_kind = 'positive_control' and is_kept
        ) as positive_control_afu,
        avg((net_afu < 0)::double) as negative_net_frac,
        avg(is_saturated::double) as saturated_frac,
        avg(is_flagged::double) as flagged_frac,
        any_value(case when units.by_block then units.usual_block_print else units.slide_print end)
            as comparable_with
    from spots
    inner join units using (slide_id)
    group by array_id
)

select on_spots.*, on_targets.* exclude (array_id), limits.detection_limit_afu,
    below.below_limit_frac
from on_spots
left join on_targets using (array_id)
left join limits using (array_id)
left join below using (array_id)
order by slide_id, block
"""

# The plane background = a + b·x + c·y by least squares, from second moments; positions in cm, or
# in rows and columns where the file has no X and Y.
_SURFACES = """
with
placed as (
    select
        slide_id,
        block,
        background_afu,
        coalesce(x_um / 1e4, (spot_column)::double) as x,
        coalesce(y_um / 1e4, ((block - 1) * (max(spot_row) over (partition by slide_id) + 1)
            + spot_row)::double) as y,
        x_um is not null and y_um is not null as has_places,
        units.by_block,
        spot_row, spot_column,
        min(spot_row) over b as row_low, max(spot_row) over b as row_high,
        min(spot_column) over b as column_low, max(spot_column) over b as column_high
    from spots inner join units using (slide_id)
    where background_afu is not null
    window b as (partition by slide_id, block)
),

framed as (
    select
        *,
        case
            when by_block
                then spot_row in (row_low, row_high) or spot_column in (column_low, column_high)
            else x < min(x) over s + 0.05 * (max(x) over s - min(x) over s)
                or x > max(x) over s - 0.05 * (max(x) over s - min(x) over s)
                or y < min(y) over s + 0.05 * (max(y) over s - min(y) over s)
                or y > max(y) over s - 0.05 * (max(y) over s - min(y) over s)
        end as is_edge
    from placed
    window s as (partition by slide_id)
),

moments as (
    select
        slide_id,
        bool_and(has_places) as has_places,
        count(*) as n,
        median(background_afu) as background_afu,
        max(x) - min(x) as width,
        max(y) - min(y) as height,
        var_pop(x) as xx,
        var_pop(y) as yy,
        covar_pop(x, y) as xy,
        covar_pop(x, background_afu) as xb,
        covar_pop(y, background_afu) as yb,
        var_pop(background_afu) as bb,
        median(background_afu) filter (where is_edge)
            / nullif(median(background_afu) filter (where not is_edge), 0) as edge_ratio
    from framed
    group by slide_id
),

planes as (
    select
        *,
        (xb * yy - yb * xy) / nullif(xx * yy - xy * xy, 0) as across,
        (yb * xx - xb * xy) / nullif(xx * yy - xy * xy, 0) as along
    from moments
    where n > 3
)

select
    slide_id,
    background_afu,
    has_places,
    width,
    height,
    across,
    along,
    (across * xb + along * yb) / nullif(bb, 0) as r_squared,
    abs(across) * width + abs(along) * height as change_afu,
    edge_ratio
from planes
order by slide_id
"""

_CHANNELS = """
select
    slide_id,
    channel_nm,
    median(foreground_median_afu) as foreground_afu,
    median(background_median_afu) as background_afu,
    avg((coalesce(foreground_median_afu >= 65535, false)
        or coalesce(saturated_frac > 0.5, false))::double) as saturated_frac
from raw.spots group by all order by slide_id, channel_nm desc
"""

_FLAGS = """
select slide_id, flag, count(*) as n
from spots group by all order by slide_id, flag
"""


@dataclass(frozen=True)
class Array:
    """Figures of one array; None where there is nothing to compute from.

    Parameters
    ----------
    block : int or None
        None where the whole slide is one array.
    level_afu : float or None
        Median over targets of the mean net signal of kept spots, in afu.
    cv_median_frac : float or None
        Median over targets of the CV between kept replicate spots.
    below_limit_frac : float or None
        Share of targets below median + 3.3 × 1.4826 × MAD of the array's own blanks.
    comparable_with : str
        Arrays with the same text here print the same targets at the same places.
    """

    array_id: str
    slide_id: str
    block: int | None
    n_spots: int
    n_rows: int
    n_columns: int
    n_targets: int
    n_replicates: int | None
    n_positive: int
    n_negative: int
    n_blank: int
    n_unknown: int
    background_afu: float | None
    level_afu: float | None
    negative_control_afu: float | None
    positive_control_afu: float | None
    detection_limit_afu: float | None
    below_limit_frac: float | None
    negative_net_frac: float | None
    saturated_frac: float
    flagged_frac: float
    cv_median_frac: float | None
    comparable_with: str

    @property
    def is_dark(self) -> bool:
        """Return whether hardly any target stands above the array's own blanks."""
        return self.below_limit_frac is not None and self.below_limit_frac >= DARK_FRAC


@dataclass(frozen=True)
class Surface:
    """The local background over a slide.

    Parameters
    ----------
    across, along : float or None
        Slope of the fitted plane in x and in y: afu per cm, or per column and row where the file
        has no positions.
    r_squared : float or None
        Share of the background's variance that the plane explains.
    change_afu : float or None
        How far the plane rises from one end of the slide to the other.
    edge_ratio : float or None
        Median background at the edge (of its Block, else of the slide) to that inside.
    """

    slide_id: str
    background_afu: float
    has_places: bool
    width: float
    height: float
    across: float | None
    along: float | None
    r_squared: float | None
    change_afu: float | None
    edge_ratio: float | None


@dataclass(frozen=True)
class ChannelLevel:
    """Levels of one wavelength of one slide."""

    slide_id: str
    channel_nm: int
    foreground_afu: float | None
    background_afu: float | None
    saturated_frac: float


def arrays(con: DuckDBPyConnection) -> tuple[Array, ...]:
    """Return the figures of every array on the bench."""
    return tuple(Array(**row) for row in rows(con, _ARRAYS))


def surfaces(con: DuckDBPyConnection) -> dict[str, Surface]:
    """Return the background's plane of every slide that has spots enough."""
    return {row["slide_id"]: Surface(**row) for row in rows(con, _SURFACES)}


def channel_levels(con: DuckDBPyConnection) -> tuple[ChannelLevel, ...]:
    """Return levels of every wavelength of every slide, the ones not looked at included."""
    return tuple(ChannelLevel(**row) for row in rows(con, _CHANNELS))


def flags(con: DuckDBPyConnection) -> dict[str, dict[int, int]]:
    """Return how many spots of each slide bear each flag."""
    found: dict[str, dict[int, int]] = {}
    for row in rows(con, _FLAGS):
        found.setdefault(row["slide_id"], {})[row["flag"]] = row["n"]
    return found


def empty_blocks(found: Sequence[Array]) -> frozenset[str]:
    """Return Blocks that look unused: dark, while most Blocks of their layout are not."""
    groups: dict[str, list[Array]] = {}
    for array in found:
        if array.block is not None:
            groups.setdefault(array.comparable_with, []).append(array)
    return frozenset(
        a.array_id
        for group in groups.values()
        if sum(b.is_dark for b in group) * 2 < len(group)
        for a in group
        if a.is_dark
    )


def rows(con: DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Return a query's rows as dicts."""
    found: list[dict[str, Any]] = con.execute(query).to_arrow_table().to_pylist()
    return found
