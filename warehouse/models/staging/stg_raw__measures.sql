-- grain: study_id, measure_id
with

source_measures as (select * from {{ source('raw', 'study_measures') }}),

listed as (
    select
        study_id,
        measure_id,
        measured_of,
        measure_order,
        measure_label,
        measure_unit
    from source_measures
)

select * from listed
