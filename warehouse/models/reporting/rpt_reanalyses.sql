-- grain: study_id, analysis_name, contrast_id, analyte_id
with

reanalyses as (select * from {{ ref('stg_quality__reanalyses') }}),

results as (select * from {{ ref('rpt_variant_differential') }}),

paired as (
    select
        reanalyses.study_id,
        reanalyses.analysis_name,
        named_results.contrast_id,
        named_results.analyte_id,
        named_results.analyte_name,
        reanalyses.variant_id,
        primary_results.variant_id as primary_variant_id,
        primary_results.verdict as primary_verdict,
        named_results.verdict as named_verdict,
        reanalyses.note,
        primary_results.change_log2fc as primary_log2fc,
        named_results.change_log2fc as named_log2fc,
        primary_results.p_adjusted as primary_p_adjusted,
        named_results.p_adjusted as named_p_adjusted,
        primary_results.is_hit as is_primary_hit,
        named_results.is_hit as is_named_hit
    from reanalyses
    inner join results as named_results
        on
            reanalyses.study_id = named_results.study_id
            and reanalyses.variant_id = named_results.variant_id
    inner join results as primary_results
        on
            named_results.study_id = primary_results.study_id
            and named_results.contrast_id = primary_results.contrast_id
            and named_results.analyte_id = primary_results.analyte_id
            and primary_results.is_primary_variant
),

compared as (
    select
        study_id,
        analysis_name,
        contrast_id,
        analyte_id,
        analyte_name,
        variant_id,
        primary_variant_id,
        case
            when is_primary_hit and is_named_hit and primary_verdict <> named_verdict
                then 'sign'
            when is_primary_hit and is_named_hit then 'hit_in_both'
            when is_named_hit then 'gained'
            when is_primary_hit then 'lost'
            else 'hit_in_neither'
        end as comparison,
        primary_verdict,
        named_verdict,
        note,
        primary_log2fc,
        named_log2fc,
        primary_p_adjusted,
        named_p_adjusted,
        is_primary_hit,
        is_named_hit
    from paired
)

select * from compared
