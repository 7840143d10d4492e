"""The spots of a batch, as the warehouse will use them: newest file, own channel, known target."""

from __future__ import annotations

#: Common table expressions in front of every frame of slides and arrays.
SPOTS_OF_BATCH = """
study as (select * from raw.studies where study_id = $study_id),

set_aside as (
    select distinct role, file_sha256, source_line, slide_id
    from quality.quarantine where study_id = $study_id and (is_open or state = 'withdrawn')
),

current_files as (
    select slide_id, file_sha256 from raw.files
    where study_id = $study_id and role = 'slide' and slide_id is not null
    qualify row_number() over (
        partition by slide_id order by loaded_at desc, file_sha256 asc
    ) = 1
),

all_samples as (
    select s.*
    from raw.samples as s
    anti join (select * from set_aside where role = 'samples') as q
        on s.file_sha256 = q.file_sha256 and s.source_line = q.source_line
    where s.study_id = $study_id
),

batch_slides as (
    select slide_id from all_samples where batch_id = $batch_id
    union
    select slide_id from raw.scans where study_id = $study_id and batch_id = $batch_id
),

batch_spots as (
    select s.*
    from raw.spots as s
    inner join study on s.study_id = study.study_id
    inner join current_files as f
        on s.slide_id = f.slide_id and s.file_sha256 = f.file_sha256
    anti join (select * from set_aside where role = 'slide') as q
        on s.file_sha256 = q.file_sha256 and s.source_line = q.source_line
    where s.slide_id in (select slide_id from batch_slides)
        and s.channel_nm = coalesce(study.channel_nm, s.channel_nm)
),

panel as (
    select t.*
    from raw.panel_targets as t
    inner join study on t.study_id = study.study_id and t.panel_id = study.panel_id
),

-- what ingest read spellings as that are not the panel's own names
spellings as (
    select s.*
    from raw.target_spellings as s
    inner join study on s.study_id = study.study_id and s.panel_id = study.panel_id
),

names as (
    select
        s.target_name,
        s.target_id as scanner_target_id,
        coalesce(by_name.target_id, by_spelling.target_id) as target_id
    from (
        select distinct target_name, target_id from batch_spots
    ) as s
    left join panel as by_name on s.target_name = by_name.target_name
    left join spellings as by_spelling
        on s.target_name = by_spelling.target_name
        and s.target_id = by_spelling.scanner_target_id
),

spots as (
    select
        s.slide_id,
        s.block,
        s.spot_row,
        s.spot_column,
        s.x_um,
        s.y_um,
        case when study.array_unit = 'slide' then s.slide_id
            else s.slide_id || '/B' || s.block end as array_uid,
        panel.target_id,
        panel.target_kind,
        panel.target_order,
        s.foreground_median_afu,
        s.background_median_afu,
        s.foreground_mean_afu,
        s.background_mean_afu,
        s.foreground_median_afu - s.background_median_afu as net_afu,
        s.flag,
        coalesce(s.foreground_median_afu >= 65535 or s.saturated_frac > 0.5, false)
            as is_saturated
    from batch_spots as s
    inner join study on s.study_id = study.study_id
    left join names
        on s.target_name = names.target_name and s.target_id = names.scanner_target_id
    left join panel on names.target_id = panel.target_id
),

sheet as (
    select
        s.slide_id,
        s.lot,
        s.block,
        s.group_code,
        case when study.array_unit = 'slide' then s.slide_id
            else s.slide_id || '/B' || s.block end as array_uid
    from all_samples as s
    inner join batch_slides on s.slide_id = batch_slides.slide_id
    inner join study on s.study_id = study.study_id
)
"""
