-- grain: study_id, kind, subject, reason
with

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

refusals as (select * from {{ ref('stg_quality__refusals') }}),

batches as (select * from {{ ref('dim_batches') }}),

samples as (select * from {{ ref('stg_raw__samples') }}),

arrays as (select * from {{ ref('int_arrays_scanned') }}),

measured_values as (select * from {{ ref('stg_raw__values') }}),

files as (select * from {{ ref('stg_raw__files') }}),

counted_quarantined as (
    select
        study_id,
        'quarantined' as kind,
        role as subject,
        reason,
        count(*) as n_rows
    from quarantine
    group by all
),

picked_latest_refusals as (
    select *
    from refusals
    qualify
        load_id = first_value(load_id) over (
            partition by study_id, role, coalesce(slide_id, '')
            order by refused_at desc, load_id desc
        )
),

kept_standing_refusals as (
    select refusals.*
    from picked_latest_refusals as refusals
    where
        not exists (
            select 1
            from files
            where
                refusals.study_id = files.study_id
                and refusals.role = files.role
                and coalesce(refusals.slide_id, '') = coalesce(files.slide_id, '')
                and refusals.refused_at < files.loaded_at
        )
),

counted_refused as (
    select
        study_id,
        'refused' as kind,
        coalesce('slide ' || slide_id, role) as subject,
        reason,
        max(n_rows_in) as n_rows
    from kept_standing_refusals
    group by all
),

counted_held as (
    select
        study_id,
        'held' as kind,
        'batch ' || batch_id as subject,
        case
            when gate_status = 'pending' then 'the gate has not judged this content'
            else 'failed: ' || failed_rules
        end as reason,
        n_samples as n_rows
    from batches
    where not is_released
),

found_measured as (
    select distinct
        study_id,
        sample_id
    from measured_values
),

counted_unscanned as (
    select
        samples.study_id,
        'waiting' as kind,
        'slide ' || samples.slide_id as subject,
        'the sample sheet names it, its file has not arrived' as reason,
        count(*) as n_rows
    from samples
    left join arrays
        on
            samples.study_id = arrays.study_id
            and samples.array_id = arrays.array_id
    left join found_measured
        on
            samples.study_id = found_measured.study_id
            and samples.sample_id = found_measured.sample_id
    where
        arrays.array_id is null
        and found_measured.sample_id is null
        and not samples.is_empty
    group by all
),

stacked as (
    select * from counted_quarantined
    union all
    select * from counted_refused
    union all
    select * from counted_held
    union all
    select * from counted_unscanned
)

select * from stacked
