-- grain: study_id, contrast_id, analyte_id
with

analyses as (select * from {{ ref('stg_raw__plan') }}),

results as (select * from {{ ref('fct_test_results') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

differential as (select * from {{ ref('rpt_differential') }}),

kept_paper as (
    select
        results.study_id,
        results.contrast_id,
        results.analyte_id,
        results.p_value,
        analyses.alpha,
        analyses.min_abs_fold_change,
        {{ signed_fold_change('power(2, results.estimate)') }} as signed_fold_change
    from results
    inner join analyses
        on
            results.study_id = analyses.study_id
            and results.analysis_id = analyses.analysis_id
    inner join variants
        on
            results.study_id = variants.study_id
            and results.variant_id = variants.variant_id
    where
        analyses.kind = 'contrast' and results.mode = 'paper' and results.is_primary
),

judged as (
    select
        differential.study_id,
        differential.contrast_id,
        differential.analyte_id,
        differential.analyte_name,
        paper.p_value as paper_p_value,
        paper.signed_fold_change as paper_signed_fold_change,
        paper.alpha,
        paper.min_abs_fold_change,
        differential.p_value as correct_p_value,
        differential.p_adjusted as correct_p_adjusted,
        differential.sensitivity,
        coalesce(
            paper.p_value < paper.alpha
            and abs(paper.signed_fold_change) >= paper.min_abs_fold_change,
            false
        ) as is_hit_paper,
        differential.is_hit as is_hit_correct
    from differential
    inner join kept_paper as paper
        on
            differential.study_id = paper.study_id
            and differential.contrast_id = paper.contrast_id
            and differential.analyte_id = paper.analyte_id
),

explained as (
    select
        study_id,
        contrast_id,
        analyte_id,
        analyte_name,
        case
            when is_hit_paper and is_hit_correct then 'both'
            when is_hit_paper then 'only_paper'
            when is_hit_correct then 'only_correct'
            else 'neither'
        end as status,
        case
            when is_hit_paper and is_hit_correct
                then 'passes both rules'
            when is_hit_paper and correct_p_adjusted is null
                then 'the planned test could not be computed'
            when is_hit_paper and correct_p_value < alpha
                then 'the p-value does not survive the correction for many targets'
            when is_hit_paper
                then 'the test that fits the design does not reach the level'
            when is_hit_correct and paper_p_value < alpha
                then 'the fold change is below the one that the paper''s rule demands'
            when is_hit_correct
                then 'the test that fits the design sees what an unpaired test misses'
            else 'passes neither rule'
        end as why,
        sensitivity,
        paper_p_value,
        paper_signed_fold_change,
        correct_p_value,
        correct_p_adjusted,
        is_hit_paper,
        is_hit_correct
    from judged
)

select * from explained
