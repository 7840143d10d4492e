-- grain: study_id, batch_id
with

studies as (select * from {{ ref('stg_raw__studies') }}),

batches as (select * from {{ ref('int_batches_released') }}),

frozen as (
    select *
    from {{ ref('stg_quality__frozen_references') }}
    where is_in_force
),

listed_frozen as (
    select
        study_id,
        trim({{ split_rows('batch_ids', ',') }}) as batch_id,
        reference_id
    from frozen
),

kept_without_frozen as (
    select studies.*
    from studies
    left join frozen on studies.study_id = frozen.study_id
    where frozen.study_id is null
),

listed_reference_batches as (
    select distinct
        study_id,
        trim({{ split_rows('normalisation_reference', ',') }}) as batch_id
    from kept_without_frozen
    where normalisation_reference <> ''
),

found_first_batch as (
    select
        batches.study_id,
        batches.batch_id
    from batches
    inner join kept_without_frozen as studies on batches.study_id = studies.study_id
    where studies.normalisation_reference = '' and batches.is_released
    qualify
        row_number() over (
            partition by batches.study_id
            order by batches.first_released_at asc, batches.batch_id asc
        ) = 1
),

listed_not_frozen as (
    select * from listed_reference_batches
    union all
    select * from found_first_batch
),

-- the first publication with all of them freezes them as R1
counted_released as (
    select
        listed.study_id,
        count(*) = count(batches.batch_id) as is_complete
    from listed_not_frozen as listed
    left join batches
        on
            listed.study_id = batches.study_id
            and listed.batch_id = batches.batch_id
            and batches.is_released
    group by all
),

chosen_batches as (
    select * from listed_frozen
    union all
    select
        listed.study_id,
        listed.batch_id,
        case when counted.is_complete then 'R1' else 'provisional' end as reference_id
    from listed_not_frozen as listed
    inner join counted_released as counted on listed.study_id = counted.study_id
)

select * from chosen_batches
