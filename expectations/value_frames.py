"""Frames of a batch whose platform delivers values instead of spots (one row per sample)."""

from __future__ import annotations

_VALUES = """
batch_values as (
    select v.*
    from raw."values" as v
    anti join (
        select file_sha256, source_line from quality.quarantine
        where study_id = $study_id and (is_open or state = 'withdrawn') and role = 'slide'
    ) as q
        on v.file_sha256 = q.file_sha256 and v.source_line = q.source_line
    where v.study_id = $study_id and v.batch_id = $batch_id
),

serum_samples as (
    select sample_id from raw.samples
    where study_id = $study_id and batch_id = $batch_id and group_code <> 'empty'
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
        sample_id,
        target_name,
        quantity,
        count(*) as n_rows,
        count(distinct (file_sha256, source_line)) as n_cells,
        count(*) filter (
            where (value is null and qualifier in ('ok', 'extrapolated'))
            or not coalesce(isfinite(value), true)
            or (scale = 'linear' and coalesce(value < 0, false))
            or scale not in ('linear', 'log2')
            or qualifier not in ('ok', 'below', 'above', 'extrapolated', 'missing')
        ) as n_outside,
        count(*) filter (where qualifier = 'missing') as n_missing
    from batch_values
    group by all
),

wanted as (select count(*) as n from (select distinct target_name, quantity from cells)),

everyone as (select sample_id from serum_samples union select sample_id from cells)

select
    e.sample_id as uid,
    (select n from wanted) - count(c.target_name) as n_absent,
    coalesce(sum(c.n_rows - c.n_cells), 0) as n_repeated,
    coalesce(sum(c.n_outside), 0) as n_outside,
    coalesce(sum(c.n_missing) / sum(c.n_rows), 0) as missing_frac,
    (e.sample_id in (
        select sample_id from raw.samples where study_id = $study_id
    ))::integer as n_sample_rows
from everyone as e
left join cells as c on e.sample_id = c.sample_id
group by e.sample_id
order by e.sample_id
"""
