-- grain: study_id, instrument_id, site_id, visit
with

outcomes as (
    select *
    from {{ ref('fct_outcomes') }}
    where cohort = 'patient'
),

visits as (select * from {{ ref('stg_raw__visits') }}),

instruments as (select * from {{ ref('int_instruments_merged') }}),

analyses as (select * from {{ ref('stg_raw__plan') }}),

tests as (select * from {{ ref('fct_outcome_tests') }}),

summarised as (
    select
        study_id,
        instrument_id,
        site_id,
        visit,
        visit_order,
        is_baseline,
        is_follow_up,
        min(mid_rule) as mid_rule,
        {{ ordered_mean('cast(score as double)') }} as mean_score,
        {{ ordered_sd('cast(score as double)') }} as sd_score,
        min(cast(score as double)) as min_score,
        max(cast(score as double)) as max_score,
        {{ ordered_mean('cast(change_score as double)') }} as mean_change,
        {{ ordered_sd('cast(change_score as double)') }} as sd_change,
        count(*) as n,
        count(*) filter (where is_missing) as n_missing,
        count(change_score) as n_with_change,
        count(*) filter (where is_mid_reached) as n_mid_reached,
        count(*) filter (where is_mid_share_reached) as n_mid_share_reached
    from outcomes
    group by all
),

-- a test of some patients does not belong beside the mean of all
picked_primary_tests as (
    select tests.*
    from tests
    inner join analyses
        on
            tests.study_id = analyses.study_id
            and tests.analysis_id = analyses.analysis_id
    where
        tests.is_primary
        and coalesce(analyses.subset, '') in ('', 'cohort=patient')
    qualify
        row_number() over (
            partition by tests.study_id, tests.instrument_id, tests.visit
            order by analyses.status asc, tests.analysis_id asc
        ) = 1
),

-- the interval of a mean is that of the t test, whichever test decides
paired_tests as (
    select
        study_id,
        analysis_id,
        max(case when method = 'paired_t' then ci_low end) as ci_low,
        max(case when method = 'paired_t' then ci_high end) as ci_high,
        max(case when method = 'paired_t' then p_value end) as p_value_paired_t,
        max(case when method = 'wilcoxon_signed_rank' then p_value end)
            as p_value_wilcoxon
    from tests
    group by all
),

described as (
    select
        summarised.study_id,
        summarised.instrument_id,
        summarised.site_id,
        summarised.visit,
        summarised.visit_order,
        coalesce(instruments.instrument_label, summarised.instrument_id)
            as instrument_label,
        visits.visit_label,
        summarised.mid_rule,
        coalesce(instruments.mid_source, '') as mid_source,
        coalesce(tests.method, '') as method,
        summarised.mean_score,
        summarised.sd_score,
        summarised.min_score,
        summarised.max_score,
        case when summarised.is_follow_up then summarised.mean_change end
            as mean_change,
        case when summarised.is_follow_up then summarised.sd_change end as sd_change,
        both_tests.ci_low,
        both_tests.ci_high,
        case
            when summarised.is_follow_up
                then summarised.mean_change / nullif(summarised.sd_change, 0)
        end as effect_size_dz,
        tests.p_value,
        both_tests.p_value_paired_t,
        both_tests.p_value_wilcoxon,
        case
            when summarised.is_follow_up
                then summarised.n_mid_reached / nullif(summarised.n, 0)
        end as share_mid_reached_frac,
        case
            when summarised.is_follow_up and instruments.mid_frac is not null
                then summarised.n_mid_share_reached / nullif(summarised.n, 0)
        end as share_mid_share_reached_frac,
        case
            when summarised.is_follow_up
                then summarised.n_mid_reached / nullif(summarised.n_with_change, 0)
        end as share_mid_reached_assessed_frac,
        case
            when summarised.is_follow_up and instruments.mid_frac is not null
                then
                    summarised.n_mid_share_reached
                    / nullif(summarised.n_with_change, 0)
        end as share_mid_share_reached_assessed_frac,
        summarised.n,
        summarised.n_missing,
        summarised.n_with_change,
        case when summarised.is_follow_up then summarised.n_mid_reached end
            as n_mid_reached,
        case
            when summarised.is_follow_up and instruments.mid_frac is not null
                then summarised.n_mid_share_reached
        end as n_mid_share_reached,
        summarised.is_baseline
    from summarised
    inner join visits
        on
            summarised.study_id = visits.study_id
            and summarised.visit = visits.visit
    left join instruments
        on
            summarised.study_id = instruments.study_id
            and summarised.instrument_id = instruments.instrument_id
    left join picked_primary_tests as tests
        on
            summarised.study_id = tests.study_id
            and summarised.instrument_id = tests.instrument_id
            and summarised.visit = tests.visit
            and summarised.site_id = ''
    left join paired_tests as both_tests
        on
            tests.study_id = both_tests.study_id
            and tests.analysis_id = both_tests.analysis_id
)

select * from described
