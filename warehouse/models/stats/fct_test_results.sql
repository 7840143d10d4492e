-- grain: study_id, analysis_id, contrast_id, analyte_id, method, stratum, variant_id, mode
with

results as (select * from {{ ref('stat_test_results') }}),

listed as (
    select
        study_id,
        analysis_id,
        contrast_id,
        analyte_id,
        method,
        stratum,
        variant_id,
        mode,
        effect_size_kind,
        reason,
        estimate,
        ci_low,
        ci_high,
        statistic,
        df,
        df_denominator,
        p_value,
        p_adjusted,
        p_adjusted_global,
        effect_size,
        n_numerator,
        n_denominator,
        n_pairs,
        n_dropped,
        is_primary,
        plan_hash
    from results
)

select * from listed
