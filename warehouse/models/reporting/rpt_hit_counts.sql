-- grain: study_id, analysis_id, contrast_id, mode
with

counts as (select * from {{ ref('fct_hit_counts') }}),

listed as (
    select
        study_id,
        analysis_id,
        contrast_id,
        mode,
        method,
        rule_text,
        family,
        n_tested,
        n_hits,
        n_hits_up,
        n_hits_down,
        n_chance_upper,
        n_chance_permuted,
        n_tested_family,
        n_hits_family,
        n_chance_upper_family
    from counts
)

select * from listed
