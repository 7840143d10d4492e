-- grain: study_id, patient_id, visit, instrument_id, site_id
with

assessments as (select * from {{ source('raw', 'assessments') }}),

baseline_dates as (select * from {{ ref('stg_raw__baseline_dates') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

dropped_quarantined as (
    select assessments.*
    from assessments
    left join quarantine
        on
            assessments.study_id = quarantine.study_id
            and assessments.file_sha256 = quarantine.file_sha256
            and assessments.source_line = quarantine.source_line
            and quarantine.role = 'assessments'
    where quarantine.source_line is null
),

counted_days as (
    select
        kept.study_id,
        kept.patient_id,
        kept.visit,
        kept.instrument_id,
        kept.site_id,
        {{ days_between('baseline_dates.baseline_on', 'kept.assessed_on') }}
            as assessed_day,
        kept.score,
        kept.omed_mg
    from dropped_quarantined as kept
    left join baseline_dates
        on
            kept.study_id = baseline_dates.study_id
            and kept.patient_id = baseline_dates.patient_id
)

select * from counted_days
