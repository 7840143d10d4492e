-- grain: study_id, sample_id, quantity
with

released_samples as (select * from {{ ref('int_samples_released') }}),

patients as (select * from {{ ref('stg_raw__patients') }}),

-- a bridge sample stands in no model
listed_ages as (
    select
        samples.study_id,
        samples.sample_id,
        'age_years' as quantity,
        cast(patients.age_years as double) as quantity_value
    from released_samples as samples
    inner join patients
        on
            samples.study_id = patients.study_id
            and samples.patient_id = patients.patient_id
    where not samples.is_bridge
),

kept_known as (
    select *
    from listed_ages
    where quantity_value is not null
)

select * from kept_known
