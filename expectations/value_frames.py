"""Frames of a batch whose platform delivers values instead of spots (one row per sample)."""

from __future__ import annotations

_VALUES = """
batch_values as (
    select v.*
    from raw."values" as v
    anti join (
        select file_sha256, source_line, column_name from quality.quarantine
        where study_id = $study_id and (is_open or state = 'withdrawn') and role = 'slide'
    ) as q
        on v.file_sha256 = q.file_sha256 and v.source_line = q.source_line
            and v.target_name = q.column_name
    where v.study_id = $study_id and v.batch_id = $batch_id
),

-- the quantity that levels are taken from, one a target (int_values_measured picks the same)
levels as (
    select target_name, quantity
    from (select distinct target_name, quantity from batch_values)
    qualify row_number() over (
        partition by target_name order by case quantity
            when 'concentration' then 1 when 'npx' then 2 when 'median_fluorescence' then 3
            when 'net_mfi' then 4 else 5 end, quantity
    ) = 1
),

serum_samples as (
    select sample_id from raw.samples
    where study_id = $study_id and batch_id = $batch_id and group_code <> 'empty'
),

-- a cell or a sample row in quarantine is missing for a reason that is on record
cells_aside as (
    select count(*) as n from quality.quarantine
    where study_id = $study_id and is_open and role = 'slide' and batch_id = $batch_id
),

rows_aside as (
    select count(*) as n from quality.quarantine
    where study_id = $study_id and is_open and role = 'samples'
        and coalesce(batch_id = $batch_id, true)
)
"""

VALUE_COLUMNS_SQL = """
select 'raw.values' as uid, v.*
from raw."values" as v
where v.study_id = $study_id and v.batch_id = $batch_id
limit 1
"""

VALUE_SAMPLES_SQL = f"""
with {_VALUES},

cells as (
    select
        v.sample_id,
        v.target_name,
        l.quantity is not null as is_level,
        count(*) as n_rows,
        count(distinct (v.file_sha256, v.source_line)) as n_cells,
        count(*) filter (
            where (v.value is null and v.qualifier in ('ok', 'extrapolated'))
            or not coalesce(isfinite(v.value), true)
            or (v.scale = 'linear' and v.quantity <> 'net_mfi' and coalesce(v.value < 0, false))
            or v.scale not in ('linear', 'log2')
            or v.qualifier not in ('ok', 'below', 'above', 'extrapolated', 'missing')
        ) as n_outside,
        count(*) filter (where v.qualifier = 'missing') as n_missing
    from batch_values as v
    left join levels as l on v.target_name = l.target_name and v.quantity = l.quantity
    group by v.sample_id, v.target_name, v.quantity, is_level
),

everyone as (select sample_id from serum_samples union select sample_id from cells),

-- sample rows name what the file calls them: a value of another name is not theirs
claimed as (
    select v.sample_id, bool_and(coalesce(s.n, 0) > 0) as is_claimed
    from (
        select distinct sample_id, slide_id, sample_label from batch_values
    ) as v
    left join (
        select sample_id, slide_id, file_label, count(*) as n
        from raw.samples where study_id = $study_id group by all
    ) as s
        on v.sample_id = s.sample_id and v.slide_id = s.slide_id
            and v.sample_label = coalesce(s.file_label, v.sample_label)
    group by v.sample_id
),

counted as (
    select
        e.sample_id as uid,
        (select count(*) from levels) - count(c.target_name) filter (where c.is_level) as n_absent,
        coalesce(sum(c.n_rows - c.n_cells), 0) as n_repeated,
        coalesce(sum(c.n_outside), 0) as n_outside,
        coalesce(
            sum(c.n_missing) filter (where c.is_level) / sum(c.n_rows) filter (where c.is_level), 0
        ) as missing_frac,
        coalesce(any_value(k.is_claimed), true)::integer as n_sample_rows
    from everyone as e
    left join cells as c on e.sample_id = c.sample_id
    left join claimed as k on e.sample_id = k.sample_id
    group by e.sample_id
)

select
    uid,
    case when sum(n_absent) over () <= (select n from cells_aside) then 0 else n_absent end
        as n_absent,
    n_repeated,
    n_outside,
    missing_frac,
    case when count(*) filter (where n_sample_rows = 0) over () <= (select n from rows_aside) then 1
        else n_sample_rows end as n_sample_rows
from counted
order by uid
"""

UNITS_SQL = """
with

study as (select * from raw.studies where study_id = $study_id),

named as (
    select distinct
        case when spelt.matched_by = 'id' then spelt.target_id
            else coalesce(listed.target_id, spelt.target_id) end as target_id,
        v.target_name,
        v.quantity,
        v.value_unit,
        v.scale,
        v.platform_id,
        v.batch_id
    from raw."values" as v
    inner join study on v.study_id = study.study_id
    left join raw.target_spellings as spelt
        on v.study_id = spelt.study_id and study.panel_id = spelt.panel_id
            and v.target_name = spelt.target_name and v.target_id = spelt.scanner_target_id
    left join raw.panel_targets as listed
        on v.study_id = listed.study_id and study.panel_id = listed.panel_id
            and v.target_name = listed.target_name
),

levels as (
    select coalesce(target_id, target_name) as target, *
    from named
    qualify rank() over (
        partition by target, batch_id order by case quantity
            when 'concentration' then 1 when 'npx' then 2 when 'median_fluorescence' then 3
            when 'net_mfi' then 4 else 5 end
    ) = 1
),

panel as (
    select t.target_id from raw.panel_targets as t
    inner join study on t.study_id = study.study_id and t.panel_id = study.panel_id
)

select
    target as uid,
    count(distinct (quantity, value_unit, scale, platform_id)) as n_units,
    max((target_id is null and exists (select 1 from panel))::integer) as n_unlisted
from levels
where target in (select target from levels where batch_id = $batch_id)
group by target
order by target
"""
