-- grain: study_id, analysis_id, analyte_id, method, stratum, variant_id
with

results as (select * from {{ ref('fct_test_results') }}),

kept_correlations as (
    select
        study_id,
        analysis_id,
        analyte_id,
        method,
        stratum,
        variant_id,
        reason,
        estimate as correlation,
        ci_low,
        ci_high,
        p_value,
        p_adjusted,
        n_numerator as n_patients,
        plan_hash
    from results
    where method in ('pearson', 'spearman')
)

select * from kept_correlations
