-- grain: study_id, visit
with

visits as (select * from {{ source('raw', 'study_visits') }}),

renamed as (
    select
        study_id,
        visit,
        visit_label,
        visit_order,
        window_first_day,
        window_last_day,
        days_after_treatment,
        is_baseline,
        coalesce(
            visit_order > max(case when is_baseline then visit_order end)
                over (partition by study_id),
            false
        ) as is_follow_up
    from visits
)

select * from renamed
