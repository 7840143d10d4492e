-- grain: study_id, contrast_id, sample_id
with

analyses as (select * from {{ ref('stg_raw__plan') }}),

classes as (select * from {{ ref('int_samples_classified') }}),

samples as (select * from {{ ref('int_samples_released') }}),

listed_contrasts as (
    select distinct
        study_id,
        contrast_id,
        numerator_group,
        denominator_group,
        grouping,
        subset,
        visit,
        pairing
    from analyses
    where kind = 'contrast' and mode = 'correct'
),

split_restrictions as (
    select
        study_id,
        contrast_id,
        {{ split_rows('subset', '&') }} as restriction
    from listed_contrasts
    where subset <> ''
),

counted_restrictions as (
    select
        study_id,
        contrast_id,
        count(*) as n_restrictions
    from split_restrictions
    group by all
),

counted_restrictions_met as (
    select
        restrictions.study_id,
        restrictions.contrast_id,
        classes.sample_id,
        count(*) as n_restrictions_met
    from split_restrictions as restrictions
    inner join classes
        on
            restrictions.study_id = classes.study_id
            and restrictions.restriction
            = classes.grouping || '=' || classes.class_value
    group by all
),

kept_subset as (
    select
        contrasts.study_id,
        contrasts.contrast_id,
        samples.sample_id,
        samples.patient_id
    from listed_contrasts as contrasts
    inner join samples on contrasts.study_id = samples.study_id
    left join counted_restrictions as wanted
        on
            contrasts.study_id = wanted.study_id
            and contrasts.contrast_id = wanted.contrast_id
    left join counted_restrictions_met as met
        on
            contrasts.study_id = met.study_id
            and contrasts.contrast_id = met.contrast_id
            and samples.sample_id = met.sample_id
    where
        coalesce(wanted.n_restrictions, 0) = coalesce(met.n_restrictions_met, 0)
        and (contrasts.visit is null or contrasts.visit = samples.visit)
),

assigned_arms as (
    select
        contrasts.study_id,
        contrasts.contrast_id,
        kept_subset.sample_id,
        case
            when classes.class_value = contrasts.numerator_group then 'numerator'
            else 'denominator'
        end as arm,
        case
            when contrasts.pairing = 'patient' then kept_subset.patient_id
            else kept_subset.sample_id
        end as unit_id
    from listed_contrasts as contrasts
    inner join kept_subset
        on
            contrasts.study_id = kept_subset.study_id
            and contrasts.contrast_id = kept_subset.contrast_id
    inner join classes
        on
            kept_subset.study_id = classes.study_id
            and kept_subset.sample_id = classes.sample_id
            and contrasts.grouping = classes.grouping
            and classes.class_value in (
                contrasts.numerator_group, contrasts.denominator_group
            )
)

select * from assigned_arms
