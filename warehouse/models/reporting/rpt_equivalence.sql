-- grain: study_id, analysis_id, contrast_id, analyte_id
with

analyses as (select * from {{ ref('stg_raw__plan') }}),

study_groups as (select * from {{ ref('stg_raw__groups') }}),

results as (select * from {{ ref('fct_test_results') }}),

details as (select * from {{ ref('fct_test_details') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

kept_tests as (
    select
        results.*,
        analyses.numerator_group,
        analyses.denominator_group,
        analyses.min_abs_fold_change as margin_fold
    from results
    inner join variants
        on
            results.study_id = variants.study_id
            and results.variant_id = variants.variant_id
    inner join analyses
        on
            results.study_id = analyses.study_id
            and results.analysis_id = analyses.analysis_id
    where analyses.kind = 'equivalence' and results.method = 'tost'
),

kept_differences as (
    select
        study_id,
        analysis_id,
        analyte_id,
        variant_id,
        p_value,
        p_adjusted
    from results
    where method = 'welch_t' and stratum = ''
),

kept_bounds as (
    select
        study_id,
        analysis_id,
        analyte_id,
        variant_id,
        max(quantity_value) filter (where quantity = 'inner_low') as inner_low_log2fc,
        max(quantity_value) filter (where quantity = 'inner_high') as inner_high_log2fc
    from details
    where method = 'tost'
    group by all
),

joined as (
    select
        tests.study_id,
        tests.analysis_id,
        tests.contrast_id,
        tests.analyte_id,
        analytes.analyte_name,
        coalesce(numerators.group_label, tests.numerator_group) as numerator_label,
        coalesce(denominators.group_label, tests.denominator_group)
            as denominator_label,
        case when tests.p_value is null then 'not_computed' else tests.verdict end
            as verdict,
        tests.reason,
        tests.margin_fold,
        tests.estimate as change_log2fc,
        bounds.inner_low_log2fc,
        bounds.inner_high_log2fc,
        differences.p_value as difference_p_value,
        differences.p_adjusted as difference_p_adjusted,
        tests.p_value as equivalence_p_value,
        tests.p_adjusted as equivalence_p_adjusted,
        tests.n_numerator,
        tests.n_denominator
    from kept_tests as tests
    inner join analytes
        on
            tests.study_id = analytes.study_id
            and tests.analyte_id = analytes.analyte_id
    left join kept_differences as differences
        on
            tests.study_id = differences.study_id
            and tests.analysis_id = differences.analysis_id
            and tests.analyte_id = differences.analyte_id
            and tests.variant_id = differences.variant_id
    left join kept_bounds as bounds
        on
            tests.study_id = bounds.study_id
            and tests.analysis_id = bounds.analysis_id
            and tests.analyte_id = bounds.analyte_id
            and tests.variant_id = bounds.variant_id
    left join study_groups as numerators
        on
            tests.study_id = numerators.study_id
            and tests.numerator_group = numerators.group_code
    left join study_groups as denominators
        on
            tests.study_id = denominators.study_id
            and tests.denominator_group = denominators.group_code
)

select * from joined
