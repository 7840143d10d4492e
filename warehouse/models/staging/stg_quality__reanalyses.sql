-- grain: study_id, analysis_name
with

events as (select * from {{ source('quality', 'reanalyses') }}),

picked_latest as (
    select
        study_id,
        analysis_name,
        variant_id,
        note,
        recorded_at,
        is_active
    from events
    qualify
        row_number() over (
            partition by study_id, analysis_name
            order by recorded_at desc
        ) = 1
),

kept_active as (
    select
        study_id,
        analysis_name,
        variant_id,
        note,
        recorded_at
    from picked_latest
    where is_active
)

select * from kept_active
