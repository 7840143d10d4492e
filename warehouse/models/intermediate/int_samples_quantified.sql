-- grain: study_id, sample_id, quantity
with

released_samples as (select * from {{ ref('int_samples_released') }}),

patients as (select * from {{ ref('stg_raw__patients') }}),

patient_measures as (select * from {{ ref('stg_raw__patient_measures') }}),

sample_measures as (select * from {{ ref('stg_raw__sample_measures') }}),

-- a bridge sample stands in no model
samples as (
    select
        study_id,
        sample_id,
        patient_id
    from released_samples
    where not is_bridge
),

listed_ages as (
    select
        samples.study_id,
        samples.sample_id,
        'age_years' as quantity,
        cast(patients.age_years as double) as quantity_value
    from samples
    inner join patients
        on
            samples.study_id = patients.study_id
            and samples.patient_id = patients.patient_id
    where patients.age_years is not null
),

listed_patient_measures as (
    select
        samples.study_id,
        samples.sample_id,
        measures.measure_id as quantity,
        measures.measure_value as quantity_value
    from samples
    inner join patient_measures as measures
        on
            samples.study_id = measures.study_id
            and samples.patient_id = measures.patient_id
),

listed_sample_measures as (
    select
        samples.study_id,
        samples.sample_id,
        measures.measure_id as quantity,
        measures.measure_value as quantity_value
    from samples
    inner join sample_measures as measures
        on
            samples.study_id = measures.study_id
            and samples.sample_id = measures.sample_id
),

stacked as (
    select * from listed_ages
    union all
    select * from listed_patient_measures
    union all
    select * from listed_sample_measures
)

select * from stacked
