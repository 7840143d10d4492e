-- grain: study_id, analysis_id, analyte_id
with

analyses as (
    select *
    from {{ ref('stg_raw__plan') }}
    where kind in ('correlation', 'change_correlation')
),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

results as (select * from {{ ref('fct_test_results') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

instruments as (select * from {{ ref('int_instruments_merged') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

-- with covariates the plain correlation stands beside the partial one, and does not decide
kept_results as (
    select
        results.*,
        results.stratum like 'adjusted:%' as is_adjusted
    from results
    inner join variants
        on
            results.study_id = variants.study_id
            and results.variant_id = variants.variant_id
),

gathered as (
    select
        results.study_id,
        results.analysis_id,
        results.analyte_id,
        {{ of_method('results', 'pearson', 'estimate') }} as pearson_correlation,
        {{ of_method('results', 'pearson', 'ci_low') }} as pearson_ci_low,
        {{ of_method('results', 'pearson', 'ci_high') }} as pearson_ci_high,
        {{ of_method('results', 'pearson', 'p_value') }} as pearson_p_value,
        {{ of_method('results', 'pearson', 'p_adjusted') }} as pearson_p_adjusted,
        {{ of_method('results', 'spearman', 'estimate') }} as spearman_correlation,
        {{ of_method('results', 'spearman', 'ci_low') }} as spearman_ci_low,
        {{ of_method('results', 'spearman', 'ci_high') }} as spearman_ci_high,
        {{ of_method('results', 'spearman', 'p_value') }} as spearman_p_value,
        {{ of_method('results', 'spearman', 'p_adjusted') }} as spearman_p_adjusted
    from kept_results as results
    inner join analyses
        on
            results.study_id = analyses.study_id
            and results.analysis_id = analyses.analysis_id
    where
        results.method = 'spearman'
        or results.is_adjusted = (coalesce(analyses.covariates, '') <> '')
    group by results.study_id, results.analysis_id, results.analyte_id
),

deciding as (
    select *
    from kept_results
    where is_primary
),

described as (
    select
        analyses.study_id,
        analyses.analysis_id,
        deciding.analyte_id,
        analytes.analyte_name,
        analyses.outcome as instrument_id,
        coalesce(instruments.instrument_label, analyses.outcome) as instrument_label,
        analyses.visit,
        visits.visit_label,
        case
            when analyses.kind = 'change_correlation' then 'change'
            when visits.is_baseline then 'baseline'
            when visits.is_follow_up then 'follow_up'
            else 'before_baseline'
        end as question,
        coalesce(analyses.subset, '') as subset,
        analyses.covariates,
        analyses.status,
        deciding.method,
        deciding.reason,
        gathered.pearson_correlation,
        gathered.pearson_ci_low,
        gathered.pearson_ci_high,
        gathered.pearson_p_value,
        gathered.pearson_p_adjusted,
        gathered.spearman_correlation,
        gathered.spearman_ci_low,
        gathered.spearman_ci_high,
        gathered.spearman_p_value,
        gathered.spearman_p_adjusted,
        case when deciding.method = 'change_on_change' then deciding.estimate end
            as slope_log2fc,
        deciding.p_value,
        deciding.p_adjusted,
        deciding.n_numerator as n_patients,
        deciding.n_dropped as n_missing,
        coalesce(deciding.p_adjusted < analyses.alpha, false) as is_hit
    from analyses
    inner join deciding
        on
            analyses.study_id = deciding.study_id
            and analyses.analysis_id = deciding.analysis_id
    inner join gathered
        on
            deciding.study_id = gathered.study_id
            and deciding.analysis_id = gathered.analysis_id
            and deciding.analyte_id = gathered.analyte_id
    inner join analytes
        on
            deciding.study_id = analytes.study_id
            and deciding.analyte_id = analytes.analyte_id
    left join instruments
        on
            analyses.study_id = instruments.study_id
            and analyses.outcome = instruments.instrument_id
    left join visits
        on
            analyses.study_id = visits.study_id
            and analyses.visit = visits.visit
)

select * from described
