-- grain: study_id, selection, axis, merge_number
with

merges_listed as (select * from {{ ref('fct_clusters') }}),

leaves as (select * from {{ ref('fct_cluster_leaves') }}),

placed as (
    select
        merges_listed.study_id,
        merges_listed.selection,
        merges_listed.axis,
        merges_listed.merge_number,
        left_leaves.leaf as left_leaf,
        merges_listed.left_merge,
        right_leaves.leaf as right_leaf,
        merges_listed.right_merge,
        merges_listed.merge_height,
        merges_listed.n_members,
        merges_listed.stability_frac,
        coalesce(merges_listed.stability_frac >= 0.5, false) as is_stable
    from merges_listed
    left join leaves as left_leaves
        on
            merges_listed.study_id = left_leaves.study_id
            and merges_listed.selection = left_leaves.selection
            and merges_listed.axis = left_leaves.axis
            and merges_listed.left_id = left_leaves.item_id
    left join leaves as right_leaves
        on
            merges_listed.study_id = right_leaves.study_id
            and merges_listed.selection = right_leaves.selection
            and merges_listed.axis = right_leaves.axis
            and merges_listed.right_id = right_leaves.item_id
)

select * from placed
