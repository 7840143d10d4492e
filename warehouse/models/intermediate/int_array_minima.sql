-- grain: study_id, array_id
with

spots as (select * from {{ ref('stg_raw__spots') }}),

batches as (select * from {{ ref('int_batches_released') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_studies as (
    select distinct study_id
    from variants
    where background_method = 'minimum'
),

subtracted as (
    select
        spots.study_id,
        spots.array_id,
        {{ net_signal("'subtract'", 'spots.foreground_afu', 'spots.background_afu') }}
            as net_afu
    from spots
    inner join listed_studies on spots.study_id = listed_studies.study_id
    inner join batches
        on
            spots.study_id = batches.study_id
            and spots.batch_id = batches.batch_id
            and batches.is_released
),

found_smallest as (
    select
        study_id,
        array_id,
        min(net_afu) filter (where net_afu > 0) as smallest_positive_afu,
        count(*) as n_spots,
        count(*) filter (where net_afu <= 0) as n_not_positive
    from subtracted
    group by all
)

select * from found_smallest
