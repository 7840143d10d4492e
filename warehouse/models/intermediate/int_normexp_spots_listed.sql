-- grain: study_id, slide_id, block, spot_row, spot_column
with

spots as (select * from {{ ref('stg_raw__spots') }}),

samples as (select * from {{ ref('int_samples_released') }}),

states as (select * from {{ ref('int_batch_states') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_studies as (
    select distinct study_id
    from variants
    where background_method = 'normexp'
),

subtracted as (
    select
        spots.study_id,
        spots.slide_id,
        spots.block,
        spots.spot_row,
        spots.spot_column,
        spots.array_id,
        spots.batch_id,
        {{ net_signal("'subtract'", 'spots.foreground_afu', 'spots.background_afu') }}
            as net_afu,
        states.batch_state
    from spots
    inner join listed_studies on spots.study_id = listed_studies.study_id
    inner join samples
        on
            spots.study_id = samples.study_id
            and spots.array_id = samples.array_id
    inner join states
        on
            spots.study_id = states.study_id
            and spots.batch_id = states.batch_id
)

select * from subtracted
