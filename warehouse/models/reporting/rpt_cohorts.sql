-- grain: study_id, cohort
with

patients as (select * from {{ ref('dim_patients') }}),

summarised as (
    select
        study_id,
        cohort,
        count(*) as n,
        count(age_years) as n_with_age,
        {{ ordered_mean('age_years') }} as age_mean_years,
        {{ ordered_sd('age_years') }} as age_sd_years,
        min(age_years) as age_min_years,
        max(age_years) as age_max_years,
        count(*) filter (where is_age_capped) as n_age_capped
    from patients
    group by all
)

select * from summarised
