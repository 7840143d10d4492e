-- grain: study_id, selection, axis, item_id
with

leaves as (select * from {{ ref('stat_cluster_leaves') }}),

listed as (
    select
        study_id,
        selection,
        axis,
        item_id,
        variant_id,
        reason,
        leaf,
        n_values,
        n_missing,
        plan_hash
    from leaves
)

select * from listed
