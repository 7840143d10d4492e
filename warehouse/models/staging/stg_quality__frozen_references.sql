-- grain: study_id, reference_id
with

decisions as (select * from {{ source('quality', 'frozen_references') }}),

marked as (
    select
        study_id,
        reference_id,
        batch_ids,
        reason,
        recorded_at,
        row_number() over (
            partition by study_id
            order by recorded_at desc, reference_id desc
        ) = 1 as is_in_force
    from decisions
)

select * from marked
