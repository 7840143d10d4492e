-- grain: study_id, sample_id, measure_id
with

cells as (select * from {{ source('raw', 'sample_measures') }}),

kept_filled as (
    select
        study_id,
        sample_id,
        measure_id,
        measure_value
    from cells
    where measure_value is not null
)

select * from kept_filled
