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
        pairing
    from analyses
    where kind = 'contrast' and mode = 'correct'
),

kept_subset as (
    select
        contrasts.study_id,
        contrasts.contrast_id,
        samples.sample_id,
        samples.patient_id
    from listed_contrasts as contrasts
    inner join samples on contrasts.study_id = samples.study_id
    left join classes
        on
            samples.study_id = classes.study_id
            and samples.sample_id = classes.sample_id
            and contrasts.subset = classes.grouping || '=' || classes.class_value
    where contrasts.subset = '' or classes.sample_id is not null
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
