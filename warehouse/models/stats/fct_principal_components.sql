-- grain: study_id, selection, component, axis, item_id
with

components as (select * from {{ ref('stat_principal_components') }}),

listed as (
    select
        study_id,
        selection,
        component,
        axis,
        item_id,
        variant_id,
        item_value,
        explained_frac,
        n_filled,
        plan_hash
    from components
)

select * from listed
