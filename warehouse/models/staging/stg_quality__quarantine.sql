-- grain: study_id, role, file_sha256, source_line
with

quarantine as (select * from {{ source('quality', 'quarantine') }}),

kept_open as (
    select
        study_id,
        role,
        file_sha256,
        source_line,
        min(slide_id) as slide_id,
        min(batch_id) as batch_id,
        min(rule_id) as rule_id,
        min(reason) as reason
    from quarantine
    where is_open
    group by all
)

select * from kept_open
