-- grain: study_id, selection, analyte_id, sample_id
with

scores as (select * from {{ ref('fct_z_scores') }}),

clusterings as (select * from {{ ref('fct_clusterings') }}),

leaves as (select * from {{ ref('fct_cluster_leaves') }}),

samples as (select * from {{ ref('dim_samples') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

study_groups as (select * from {{ ref('stg_raw__groups') }}),

-- a larger map could not be read
kept_readable as (
    select
        study_id,
        selection
    from clusterings
    group by study_id, selection
    having max(n_items) * min(n_items) <= 12000
),

placed as (
    select
        scores.study_id,
        scores.selection,
        scores.analyte_id,
        scores.sample_id,
        analytes.analyte_name,
        samples.group_code,
        study_groups.group_label,
        target_leaves.leaf as target_leaf,
        sample_leaves.leaf as sample_leaf,
        scores.z_score
    from scores
    inner join kept_readable
        on
            scores.study_id = kept_readable.study_id
            and scores.selection = kept_readable.selection
    inner join leaves as target_leaves
        on
            scores.study_id = target_leaves.study_id
            and scores.selection = target_leaves.selection
            and scores.analyte_id = target_leaves.item_id
            and target_leaves.axis = 'targets'
    inner join leaves as sample_leaves
        on
            scores.study_id = sample_leaves.study_id
            and scores.selection = sample_leaves.selection
            and scores.sample_id = sample_leaves.item_id
            and sample_leaves.axis = 'samples'
    left join analytes
        on
            scores.study_id = analytes.study_id
            and scores.analyte_id = analytes.analyte_id
    left join samples
        on
            scores.study_id = samples.study_id
            and scores.sample_id = samples.sample_id
    left join study_groups
        on
            samples.study_id = study_groups.study_id
            and samples.group_code = study_groups.group_code
    where target_leaves.leaf is not null and sample_leaves.leaf is not null
)

select * from placed
