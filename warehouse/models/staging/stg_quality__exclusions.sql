-- grain: study_id, scope, scope_key
with

events as (select * from {{ source('quality', 'exclusions') }}),

picked_latest as (
    select
        study_id,
        scope,
        scope_key,
        reason_code,
        note,
        recorded_at,
        is_excluded
    from events
    qualify
        row_number() over (
            partition by study_id, scope, scope_key
            order by recorded_at desc
        ) = 1
),

kept_excluded as (
    select
        study_id,
        scope,
        scope_key,
        reason_code,
        note,
        recorded_at
    from picked_latest
    where is_excluded
)

select * from kept_excluded
