-- grain: study_id, target_id
with

panel_targets as (select * from {{ source('raw', 'panel_targets') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

kept_of_the_study as (
    select
        panel_targets.study_id,
        panel_targets.target_id,
        studies.platform_id,
        panel_targets.panel_id,
        panel_targets.target_name,
        panel_targets.target_order,
        panel_targets.target_kind,
        panel_targets.protein_name
    from panel_targets
    inner join studies
        on
            panel_targets.study_id = studies.study_id
            and panel_targets.panel_id = studies.panel_id
)

select * from kept_of_the_study
