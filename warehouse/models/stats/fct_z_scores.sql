-- grain: study_id, selection, sample_id, analyte_id
with

scores as (select * from {{ ref('stat_z_scores') }}),

listed as (
    select
        study_id,
        selection,
        sample_id,
        analyte_id,
        variant_id,
        z_score,
        plan_hash
    from scores
)

select * from listed
