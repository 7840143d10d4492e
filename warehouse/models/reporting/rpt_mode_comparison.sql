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

kept_plans as (
    select
        study_id,
        contrast_id,
        pairing,
        alpha,
        min_abs_fold_change,
        case primary_method
            when 'student_t' then 'Student''s t-test'
            when 'welch_t' then 'Welch''s t-test (variances may differ)'
            when 'paired_t' then 'the paired t-test'
            when 'moderated_t' then 'the moderated t-test'
            when 'treat'
                then
                    'the test of a difference beyond '
                    || format('{:g}', min_abs_fold_change)
                    || '-fold'
            when 'mann_whitney' then 'the Mann–Whitney test'
            when 'wilcoxon_signed_rank' then 'Wilcoxon''s signed rank test'
            else primary_method
        end
        -- of the methods that may decide, Welch's alone names covariates and uses none
        || case
            when covariates <> '' and primary_method <> 'welch_t'
                then ' adjusted for ' || replace(covariates, ',', ', ')
            else ''
        end as method_in_words
    from analyses
    where kind = 'contrast' and mode = 'correct'
),

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
        plans.alpha,
        plans.min_abs_fold_change,
        plans.method_in_words
        || case
            when plans.pairing = 'patient' then ', within persons,' else ''
        end as method_in_words,
        paper.p_value as paper_p_value,
        paper.signed_fold_change as paper_signed_fold_change,
        paper.alpha as paper_alpha,
        paper.min_abs_fold_change as paper_min_abs_fold_change,
        differential.p_value as correct_p_value,
        differential.p_adjusted as correct_p_adjusted,
        differential.signed_fold_change as correct_signed_fold_change,
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
    inner join kept_plans as plans
        on
            differential.study_id = plans.study_id
            and differential.contrast_id = plans.contrast_id
),

worded as (
    select
        *,
        format('{:.3g}', correct_p_value) as p_text,
        format('{:.3g}', correct_p_adjusted) as adjusted_text,
        format('{:.3g}', paper_p_value) as paper_p_text,
        format('{:.3g}', abs(correct_signed_fold_change)) as fold_text,
        format('{:.3g}', abs(paper_signed_fold_change)) as paper_fold_text,
        format('{:g}', alpha) as level_text,
        format('{:g}', paper_alpha) as paper_level_text
    from judged
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
            when is_hit_paper and correct_p_adjusted < alpha
                then
                    'the fold change, '
                    || fold_text
                    || ', is below the '
                    || format('{:g}', min_abs_fold_change)
                    || ' that the plan demands'
            when is_hit_paper and correct_p_value < alpha
                then
                    'p = '
                    || p_text
                    || ' does not survive the correction for many targets: '
                    || adjusted_text
                    || ' after it'
            when is_hit_paper
                then
                    method_in_words
                    || ' does not reach the level of '
                    || level_text
                    || ': p = '
                    || p_text
            when is_hit_correct and paper_p_value is null
                then 'the paper''s test could not be computed'
            when is_hit_correct and paper_p_value < paper_alpha
                then
                    'the fold change, '
                    || paper_fold_text
                    || ', is below the '
                    || format('{:g}', paper_min_abs_fold_change)
                    || ' that the paper''s rule demands'
            when is_hit_correct
                then
                    method_in_words
                    || ' reaches the level of '
                    || level_text
                    || ' (p = '
                    || p_text
                    || ', corrected '
                    || adjusted_text
                    || '), the paper''s unpaired t-test misses its '
                    || paper_level_text
                    || ' (p = '
                    || paper_p_text
                    || ')'
            else 'passes neither rule'
        end as why,
        sensitivity,
        paper_p_value,
        paper_signed_fold_change,
        correct_p_value,
        correct_p_adjusted,
        is_hit_paper,
        is_hit_correct
    from worded
)

select * from explained
