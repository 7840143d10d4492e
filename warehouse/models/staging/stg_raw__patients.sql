-- grain: study_id, patient_id
with

patients as (select * from {{ source('raw', 'patients') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

dropped_quarantined as (
    select patients.*
    from patients
    left join quarantine
        on
            patients.study_id = quarantine.study_id
            and patients.file_sha256 = quarantine.file_sha256
            and patients.source_line = quarantine.source_line
            and quarantine.role = 'patients'
    where quarantine.source_line is null
),

capped_ages as (
    select
        study_id,
        patient_id,
        cohort,
        centre_id,
        sex,
        case when age_years > 90 then 90 else age_years end as age_years,
        coalesce(age_years > 90, false) as is_age_capped
    from dropped_quarantined
)

select * from capped_ages
