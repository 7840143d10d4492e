-- grain: study_id, selection, axis, merge_number
with

steps as (select * from {{ ref('stat_clusters') }}),

listed as (
    select
        study_id,
        selection,
        axis,
        merge_number,
        variant_id,
        left_id,
        right_id,
        left_merge,
        right_merge,
        merge_height,
        n_members,
        first_leaf,
        last_leaf,
        stability_frac,
        n_bootstraps,
        seed,
        plan_hash
    from steps
)

select * from listed
