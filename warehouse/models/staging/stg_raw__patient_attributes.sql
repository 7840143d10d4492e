-- grain: study_id, patient_id, attribute_id, level
with

cells as (select * from {{ source('raw', 'patient_attributes') }}),

declared as (select * from {{ ref('stg_raw__attributes') }}),

found_multiple as (
    select distinct
        study_id,
        attribute_id
    from declared
    where is_multiple
),

split_multiple as (
    select
        cells.study_id,
        cells.patient_id,
        cells.attribute_id,
        {{ split_rows('cells.attribute_text', '|') }} as level
    from cells
    inner join found_multiple
        on
            cells.study_id = found_multiple.study_id
            and cells.attribute_id = found_multiple.attribute_id
),

kept_single as (
    select
        cells.study_id,
        cells.patient_id,
        cells.attribute_id,
        cells.attribute_text as level
    from cells
    left join found_multiple
        on
            cells.study_id = found_multiple.study_id
            and cells.attribute_id = found_multiple.attribute_id
    where found_multiple.attribute_id is null
),

stacked as (
    select * from split_multiple
    union all
    select * from kept_single
),

trimmed as (
    select distinct
        study_id,
        patient_id,
        attribute_id,
        trim(level) as level
    from stacked
    where trim(level) <> ''
)

select * from trimmed
