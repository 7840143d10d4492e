-- grain: study_id, background_method, replicate_rule, normalisation_method
with

studies as (select * from {{ ref('stg_raw__studies') }}),

batches as (select * from {{ ref('int_batches_released') }}),

medians as (select * from {{ ref('int_array_medians') }}),

listed_reference_batches as (
    select
        study_id,
        trim({{ split_rows('normalisation_reference', ',') }}) as batch_id
    from studies
    where normalisation_reference <> ''
),

found_first_batch as (
    select
        batches.study_id,
        batches.batch_id
    from batches
    inner join studies on batches.study_id = studies.study_id
    where studies.normalisation_reference = '' and batches.is_released
    qualify
        row_number() over (
            partition by batches.study_id
            order by batches.first_released_at asc, batches.batch_id asc
        ) = 1
),

chosen_batches as (
    select * from listed_reference_batches
    union all
    select * from found_first_batch
),

averaged as (
    select
        medians.study_id,
        medians.background_method,
        medians.replicate_rule,
        'median' as normalisation_method,
        'median of ' || {{ joined_text('medians.batch_id', ', ') }} as reference_id,
        exp({{ ordered_mean('ln(medians.array_median_afu)') }}) as reference_afu,
        count(*) as n_reference_arrays
    from medians
    inner join chosen_batches
        on
            medians.study_id = chosen_batches.study_id
            and medians.batch_id = chosen_batches.batch_id
    where medians.array_median_afu > 0
    group by all
)

select * from averaged
