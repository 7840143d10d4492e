-- grain: study_id, analysis_id, contrast_id, method, stratum
with

results as (select * from {{ ref('fct_test_results') }}),

analyses as (select * from {{ ref('stg_raw__plan') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

counted as (
    select
        results.study_id,
        results.analysis_id,
        results.contrast_id,
        results.method,
        results.stratum,
        analyses.pairing,
        analyses.alpha,
        count(*) filter (where results.p_value is not null) as n_tested,
        count(*) filter (where results.p_value < analyses.alpha) as n_below,
        count(*) filter (where results.p_adjusted < analyses.alpha)
            as n_below_adjusted
    from results
    inner join variants
        on
            results.study_id = variants.study_id
            and results.variant_id = variants.variant_id
    inner join analyses
        on
            results.study_id = analyses.study_id
            and results.analysis_id = analyses.analysis_id
    where
        results.mode = 'correct'
        and results.method in ('levene', 'brown_forsythe', 'bartlett', 'shapiro_wilk')
    group by all
),

judged as (
    select
        study_id,
        analysis_id,
        contrast_id,
        method,
        stratum,
        case
            when method = 'shapiro_wilk' and pairing = 'patient'
                then 'the differences within persons are normal'
            when method = 'shapiro_wilk' then 'the levels are normal'
            else 'the groups have equal variances'
        end as assumption,
        n_tested,
        n_below,
        n_tested * alpha as n_chance_upper,
        n_below_adjusted
    from counted
)

select * from judged
