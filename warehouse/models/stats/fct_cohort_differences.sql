-- grain: study_id, characteristic_id, level, numerator_cohort, denominator_cohort
with

differences as (select * from {{ ref('stat_cohort_differences') }}),

listed as (
    select
        study_id,
        characteristic_id,
        level,
        numerator_cohort,
        denominator_cohort,
        reason,
        standardised_difference,
        n_numerator,
        n_denominator
    from differences
)

select * from listed
