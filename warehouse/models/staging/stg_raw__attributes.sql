-- grain: study_id, attribute_id, level
with

attributes as (select * from {{ source('raw', 'study_attributes') }}),

renamed as (
    select
        study_id,
        attribute_id,
        level,
        attribute_label,
        attribute_order,
        level_label,
        level_order,
        is_multiple
    from attributes
)

select * from renamed
