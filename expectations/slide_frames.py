"""Frames of a batch's slides: what was delivered, and how much of each array is there."""

from __future__ import annotations

from expectations.spot_base import SPOTS_OF_BATCH

DELIVERY_SQL = """
select
    'batch' as uid,
    (
        select count(distinct slide_id) from raw.scans
        where study_id = $study_id and (
            batch_id = $batch_id
            or slide_id in (
                select slide_id from raw.samples
                where study_id = $study_id and batch_id = $batch_id
            )
        )
    ) + (
        select count(distinct file_sha256) from raw."values"
        where study_id = $study_id and batch_id = $batch_id
    ) as n_files
"""

SPOT_COLUMNS_SQL = """
select 'raw.spots' as uid, s.*
from raw.spots as s
where s.study_id = $study_id and s.slide_id in (
    select slide_id from raw.samples where study_id = $study_id and batch_id = $batch_id
    union
    select slide_id from raw.scans where study_id = $study_id and batch_id = $batch_id
)
limit 1
"""

SLIDES_SQL = f"""
with {SPOTS_OF_BATCH},

homes as (
    select slide_id, batch_id from all_samples
    union
    select slide_id, batch_id from batch_spots
    union
    select slide_id, batch_id from raw."values" where study_id = $study_id
)

select
    b.slide_id as uid,
    (b.slide_id in (
        select slide_id from batch_spots
        union
        select slide_id from raw."values" where study_id = $study_id
    ))::integer as n_files,
    count(distinct h.batch_id) as n_batches
from batch_slides as b
left join homes as h on b.slide_id = h.slide_id
group by b.slide_id
order by b.slide_id
"""

# A row in quarantine, or given up, is missing for a reason that is on record. Where a slide lacks
# no more spots (or sample rows) than it has such rows, the gap is explained: how many of them are
# too many is the question of another rule, rows_set_aside.
ARRAYS_SQL = f"""
with {SPOTS_OF_BATCH},

-- a layout without a lot stands for every lot
printed as (
    select
        f.lot,
        case when study.array_unit = 'slide' then null else f.block end as block,
        f.block as spot_block,
        f.spot_row,
        f.spot_column,
        coalesce(by_name.target_id, by_id.target_id) as target_id
    from raw.panel_features as f
    inner join study on f.study_id = study.study_id and f.panel_id = study.panel_id
    left join panel as by_name on f.target_name = by_name.target_name
    left join panel as by_id on f.target_id = by_id.target_id
),

layout as (select lot, block, count(*) as n_spots from printed group by lot, block),

layout_targets as (
    select lot, block, target_id, count(*) as n_spots
    from printed where target_id is not null group by lot, block, target_id
),

shipped as (
    select p.n_spots_per_array, p.n_replicates
    from shipped_panels as p inner join study on p.panel_id = study.panel_id
),

scanned as (
    select
        array_uid,
        any_value(slide_id) as slide_id,
        any_value(block) as block,
        count(*) as n_spots,
        count(*) filter (where target_id is null) as n_unknown_spots,
        count(distinct target_id) as n_known_targets,
        count(*) filter (
            where foreground_median_afu is null or background_median_afu is null
        ) as n_unfilled,
        count(*) filter (
            where not coalesce(foreground_median_afu between 0 and 65535, true)
            or not coalesce(background_median_afu between 0 and 65535, true)
            or not coalesce(foreground_mean_afu between 0 and 65535, true)
            or not coalesce(background_mean_afu between 0 and 65535, true)
        ) as n_outside
    from spots
    group by array_uid
),

on_sheet as (
    select
        coalesce(array_uid, slide_id || ' (no Block named)') as array_uid,
        any_value(slide_id) as slide_id,
        any_value(block) as block,
        count(*) as n_samples
    from sheet
    where slide_id in (select slide_id from spots)
    group by all
),

slide_lots as (
    select
        slide_id,
        max(lot) as sheet_lot,
        case when max(lot) in (select lot from layout) then max(lot) else '' end as lot
    from sheet group by slide_id
),

arrays as (
    select
        coalesce(scanned.array_uid, on_sheet.array_uid) as uid,
        coalesce(scanned.slide_id, on_sheet.slide_id) as slide_id,
        coalesce(scanned.block, on_sheet.block) as block,
        coalesce(scanned.n_spots, 0) as n_spots,
        coalesce(scanned.n_unknown_spots, 0) as n_unknown_spots,
        scanned.n_known_targets,
        coalesce(scanned.n_unfilled, 0) as n_unfilled,
        coalesce(scanned.n_outside, 0) as n_outside,
        coalesce(on_sheet.n_samples, 0) as n_samples
    from scanned
    full join on_sheet on scanned.array_uid = on_sheet.array_uid
),

expected as (
    select
        a.*,
        slide_lots.lot,
        coalesce(slide_lots.sheet_lot, '') as sheet_lot,
        coalesce(layout.n_spots, (select n_spots_per_array from shipped)) as n_expected
    from arrays as a
    cross join study
    left join slide_lots on a.slide_id = slide_lots.slide_id
    left join layout
        on slide_lots.lot = layout.lot
        and (study.array_unit = 'slide' or a.block = layout.block)
),

gaps as (
    select
        slide_id,
        sum(greatest(n_expected - n_spots, 0)) as n_short,
        (
            select count(*) from set_aside as q
            where q.role = 'slide' and q.slide_id = expected.slide_id
        ) as n_aside
    from expected
    group by slide_id
),

explained as (
    select slide_id, n_aside > 0 and n_short <= n_aside as is_explained from gaps
),

-- likewise a sample row in quarantine leaves an array without its row
unclaimed as (
    select
        slide_id,
        count(*) filter (where n_samples = 0) <= (
            select count(*) from set_aside as q
            where q.role = 'samples' and coalesce(q.slide_id, arrays.slide_id) = arrays.slide_id
        ) as is_explained
    from arrays
    group by slide_id
),

-- lots may print other targets: a list without a lot stands for every lot
off_list as (
    select
        a.uid,
        count(*) filter (where not listed and found.target_id is not null)
            + count(*) filter (where listed and found.target_id is null and not e.is_explained)
            as n_off
    from expected as a
    inner join explained as e on a.slide_id = e.slide_id
    cross join (
        select *, string_split(lots, '|') as own_lots from panel
    ) as p
    cross join lateral (
        select lots is null or list_contains(own_lots, a.sheet_lot) as listed
    )
    left join (select distinct array_uid, target_id from spots) as found
        on a.uid = found.array_uid and p.target_id = found.target_id
    where a.n_known_targets is not null
    group by a.uid
),

target_counts as (
    select array_uid, slide_id, target_id, count(*) as n_spots
    from spots
    where target_kind = 'analyte'
    group by all
),

replicate_faults as (
    select c.array_uid, count(*) as n_off
    from target_counts as c
    inner join explained as e on c.slide_id = e.slide_id
    inner join expected as a on c.array_uid = a.uid
    cross join study
    left join layout_targets as l
        on a.lot = l.lot and c.target_id = l.target_id
        and (study.array_unit = 'slide' or a.block = l.block)
    where c.n_spots > coalesce(l.n_spots, (select n_replicates from shipped))
        or (
            c.n_spots < coalesce(l.n_spots, (select n_replicates from shipped))
            and not e.is_explained
        )
    group by c.array_uid
),

-- an array that has the right targets as often as it should, but not where its lot prints them
moved as (
    select s.array_uid, count(*) as n_moved
    from spots as s
    inner join slide_lots as l on s.slide_id = l.slide_id
    inner join printed as p
        on l.lot = p.lot and s.block = p.spot_block
        and s.spot_row = p.spot_row and s.spot_column = p.spot_column
    where s.target_id <> p.target_id
    group by s.array_uid
)

select
    a.uid,
    case when e.is_explained then greatest(a.n_spots - a.n_expected, 0)
        else abs(a.n_spots - a.n_expected) end as n_spots_off,
    a.n_unknown_spots + coalesce(o.n_off, 0) as n_targets_off,
    coalesce(r.n_off, 0) as n_replicates_off,
    case when r.n_off is null and a.n_unknown_spots = 0 and coalesce(o.n_off, 0) = 0
        then coalesce(m.n_moved, 0) else 0 end as n_moved,
    a.n_unfilled,
    a.n_outside,
    case when u.is_explained then greatest(a.n_samples, 1) else a.n_samples end as n_samples,
    greatest(a.n_samples, 1) as n_samples_if_any
from expected as a
inner join explained as e on a.slide_id = e.slide_id
inner join unclaimed as u on a.slide_id = u.slide_id
left join off_list as o on a.uid = o.uid
left join replicate_faults as r on a.uid = r.array_uid
left join moved as m on a.uid = m.array_uid
order by a.uid
"""
