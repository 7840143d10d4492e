-- grain: study_id, group_code
with

study_groups as (select * from {{ source('raw', 'study_groups') }}),

renamed as (
    select
        study_id,
        group_code,
        group_label,
        cohort,
        visit,
        group_order
    from study_groups
)

select * from renamed
