-- grain: study_id, analysis_id
with

analyses as (select * from {{ source('raw', 'plan') }}),

renamed as (
    select
        study_id,
        analysis_id,
        kind,
        contrast_id,
        numerator_group,
        denominator_group,
        grouping,
        subset,
        visit,
        pairing,
        covariates,
        outcome,
        event,
        family,
        primary_method,
        mode,
        status,
        alpha,
        min_abs_fold_change,
        plan_hash
    from analyses
)

select * from renamed
