-- grain: study_id, sample_id
with

samples as (select * from {{ source('raw', 'samples') }}),

baseline_dates as (select * from {{ ref('stg_raw__baseline_dates') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

dropped_quarantined as (
    select
        samples.*,
        studies.array_unit
    from samples
    inner join studies on samples.study_id = studies.study_id
    left join quarantine
        on
            samples.study_id = quarantine.study_id
            and samples.file_sha256 = quarantine.file_sha256
            and samples.source_line = quarantine.source_line
            and quarantine.role = 'samples'
    where quarantine.source_line is null
),

counted_days as (
    select
        kept.study_id,
        kept.sample_id,
        kept.patient_id,
        kept.visit,
        kept.group_code,
        kept.bridge_id,
        kept.slide_id,
        kept.block,
        {{ array_id('kept.array_unit', 'kept.slide_id', 'kept.block') }} as array_id,
        kept.batch_id,
        kept.lot,
        {{ days_between('baseline_dates.baseline_on', 'kept.collected_on') }}
            as collected_day,
        kept.total_protein_mg_ml,
        coalesce(kept.group_code = 'empty', false) as is_empty,
        coalesce(kept.group_code = 'bridge', false) as is_bridge
    from dropped_quarantined as kept
    left join baseline_dates
        on
            kept.study_id = baseline_dates.study_id
            and kept.patient_id = baseline_dates.patient_id
)

select * from counted_days
