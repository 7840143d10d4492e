-- grain: study_id, contrast_id, analyte_id, variant_id
with

analyses as (select * from {{ ref('stg_raw__plan') }}),

results as (select * from {{ ref('fct_test_results') }}),

kept_contrasts as (
    select
        results.study_id,
        results.contrast_id,
        results.analyte_id,
        results.variant_id,
        results.method,
        results.stratum,
        results.p_adjusted < analyses.alpha as is_below
    from results
    inner join analyses
        on
            results.study_id = analyses.study_id
            and results.analysis_id = analyses.analysis_id
    where analyses.kind = 'contrast' and analyses.mode = 'correct'
),

gathered as (
    select
        study_id,
        contrast_id,
        analyte_id,
        variant_id,
        bool_or(is_below) filter (
            where method = 'welch_t' and stratum = ''
        ) as by_welch,
        bool_or(is_below) filter (
            where method = 'moderated_t' and stratum = ''
        ) as by_moderated,
        bool_or(is_below) filter (
            where method = 'moderated_t' and stratum like 'adjusted:%'
        ) as by_adjusted,
        bool_or(stratum = 'adjusted:age_years') as is_for_age
    from kept_contrasts
    group by all
),

labelled as (
    select
        study_id,
        contrast_id,
        analyte_id,
        variant_id,
        case
            when by_moderated <> by_adjusted and is_for_age then 'age_sensitive'
            when by_moderated <> by_adjusted then 'covariate_sensitive'
            else ''
        end as covariate_label,
        case when by_welch <> by_moderated then 'variance_sensitive' else '' end
            as variance_label
    from gathered
),

joined as (
    select
        study_id,
        contrast_id,
        analyte_id,
        variant_id,
        covariate_label
        || case when covariate_label <> '' and variance_label <> '' then '|' else '' end
        || variance_label as sensitivity
    from labelled
)

select * from joined
