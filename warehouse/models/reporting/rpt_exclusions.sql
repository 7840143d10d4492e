-- grain: study_id, scope, scope_key
with

exclusions as (select * from {{ ref('stg_quality__exclusions') }}),

reasons as (select * from {{ ref('exclusion_reasons') }}),

described as (
    select
        exclusions.study_id,
        exclusions.scope,
        exclusions.scope_key,
        exclusions.reason_code,
        coalesce(reasons.reason_label, exclusions.reason_code) as reason_label,
        exclusions.note,
        exclusions.recorded_at
    from exclusions
    left join reasons on exclusions.reason_code = reasons.reason_code
)

select * from described
