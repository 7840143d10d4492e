-- grain: study_id, patient_id
with

patients as (select * from {{ ref('stg_raw__patients') }}),

all_samples as (select * from {{ ref('stg_raw__samples') }}),

released_samples as (select * from {{ ref('int_samples_released') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

counted_samples as (
    select
        samples.study_id,
        samples.patient_id,
        count(*) as n_samples,
        count(*) filter (where visits.is_baseline) as n_baseline_samples,
        count(*) filter (where visits.is_follow_up) as n_follow_up_samples
    from released_samples as samples
    inner join visits
        on
            samples.study_id = visits.study_id
            and samples.visit = visits.visit
    group by all
),

found_sampled as (
    select distinct
        study_id,
        patient_id
    from all_samples
    where not is_empty
),

found_released_studies as (
    select distinct study_id
    from released_samples
),

kept_released_or_unsampled as (
    select
        patients.study_id,
        patients.patient_id,
        patients.cohort,
        patients.centre_id,
        patients.sex,
        patients.age_years,
        coalesce(counted.n_samples, 0) as n_samples,
        patients.is_age_capped,
        coalesce(counted.n_baseline_samples > 0, false) as has_baseline_sample,
        coalesce(counted.n_follow_up_samples > 0, false) as has_follow_up_sample
    from patients
    inner join found_released_studies as released
        on patients.study_id = released.study_id
    left join counted_samples as counted
        on
            patients.study_id = counted.study_id
            and patients.patient_id = counted.patient_id
    left join found_sampled as sampled
        on
            patients.study_id = sampled.study_id
            and patients.patient_id = sampled.patient_id
    where counted.patient_id is not null or sampled.patient_id is null
)

select * from kept_released_or_unsampled
