-- grain: study_id, batch_id
with

studies as (select * from {{ ref('stg_raw__studies') }}),

batches as (select * from {{ ref('int_batches_released') }}),

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
)

select * from chosen_batches
