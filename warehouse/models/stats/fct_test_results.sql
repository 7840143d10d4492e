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
        verdict,
        reason,
        estimate,
        ci_low,
        ci_high,
        statistic,
        df,
        df_denominator,
        p_value,
        p_adjusted,
        p_adjusted_by,
        p_adjusted_holm,
        p_adjusted_bonferroni,
        p_adjusted_global,
        p_adjusted_global_by,
        p_adjusted_global_holm,
        p_adjusted_global_bonferroni,
        effect_size,
        detectable_effect,
        detectable_effect_adjusted,
        n_numerator,
        n_denominator,
        n_pairs,
        n_dropped,
        is_primary,
        plan_hash
    from results
)

select * from listed
