-- grain: study_id, selection, axis
with

clusterings as (select * from {{ ref('stat_clusterings') }}),

listed as (
    select
        study_id,
        selection,
        axis,
        variant_id,
        analysis_id,
        rule_text,
        caution,
        reason,
        n_items,
        n_left_out,
        n_features,
        cophenetic_correlation,
        plan_hash
    from clusterings
)

select * from listed
