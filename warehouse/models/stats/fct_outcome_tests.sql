-- grain: study_id, analysis_id, instrument_id, visit, method
with

results as (select * from {{ ref('stat_outcome_tests') }}),

listed as (
    select
        study_id,
        analysis_id,
        instrument_id,
        visit,
        method,
        reason,
        mean_change,
        sd_change,
        estimate,
        ci_low,
        ci_high,
        statistic,
        df,
        p_value,
        effect_size_dz,
        n_patients,
        n_pairs,
        n_missing,
        is_primary,
        plan_hash
    from results
)

select * from listed
