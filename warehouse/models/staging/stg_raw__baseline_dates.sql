-- grain: study_id, patient_id
with

samples as (select * from {{ source('raw', 'samples') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

found_first_baseline_sample as (
    select
        samples.study_id,
        samples.patient_id,
        min(samples.collected_on) as baseline_on
    from samples
    inner join studies
        on
            samples.study_id = studies.study_id
            and samples.visit = studies.baseline_visit
    where samples.patient_id is not null
    group by all
)

select * from found_first_baseline_sample
