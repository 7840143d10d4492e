-- grain: study_id, sample_id
with

samples as (select * from {{ ref('int_samples_released') }}),

patients as (select * from {{ ref('stg_raw__patients') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

described as (
    select
        samples.study_id,
        samples.sample_id,
        samples.patient_id,
        patients.cohort,
        samples.visit,
        visits.visit_order,
        samples.group_code,
        samples.bridge_id,
        samples.slide_id,
        samples.block,
        samples.array_id,
        samples.batch_id,
        samples.lot,
        samples.collected_day,
        samples.total_protein_mg_ml,
        coalesce(visits.is_baseline, false) as is_baseline,
        coalesce(visits.is_follow_up, false) as is_follow_up,
        samples.is_bridge,
        samples.is_excluded
    from samples
    left join patients
        on
            samples.study_id = patients.study_id
            and samples.patient_id = patients.patient_id
    left join visits
        on
            samples.study_id = visits.study_id
            and samples.visit = visits.visit
)

select * from described
