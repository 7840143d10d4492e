-- grain: study_id, quantity
with

table1 as (select * from {{ ref('rpt_table1_cohorts') }}),

cohorts as (select * from {{ ref('rpt_cohorts') }}),

outcomes as (
    select *
    from {{ ref('rpt_outcomes') }}
    where site_id = ''
),

counts as (select * from {{ ref('rpt_hit_counts') }}),

analyses as (
    select *
    from {{ ref('stg_raw__plan') }}
    where kind = 'contrast'
),

analytes as (
    select *
    from {{ ref('dim_analytes') }}
    where is_reportable
),

counted_hits as (
    select
        counts.study_id,
        counts.contrast_id,
        counts.mode,
        counts.n_hits
    from counts
    inner join analyses
        on
            counts.study_id = analyses.study_id
            and counts.analysis_id = analyses.analysis_id
),

stacked as (
    select
        study_id,
        concat('n:', cohort) as quantity,
        cast(n as double) as quantity_value
    from cohorts
    {% for statistic in ['mean', 'sd', 'min', 'max'] %}
        union all
        select
            study_id,
            concat('{{ statistic }}:age_years@', cohort) as quantity,
            cast(age_{{ statistic }}_years as double) as quantity_value
        from cohorts
    {% endfor %}
    {% for statistic in ['mean', 'sd', 'min', 'max'] %}
        union all
        select
            study_id,
            concat('{{ statistic }}:', instrument_id, '@', visit) as quantity,
            cast({{ statistic }}_score as double) as quantity_value
        from outcomes
    {% endfor %}
    union all
    select
        study_id,
        concat('n:', characteristic_id, '=', level, '@', cohort) as quantity,
        cast(n as double) as quantity_value
    from table1
    where summary_kind = 'classes'
    union all
    select
        study_id,
        concat('percent:', characteristic_id, '=', level, '@', cohort) as quantity,
        100 * constituent_frac as quantity_value
    from table1
    where summary_kind = 'classes'
    union all
    select
        study_id,
        concat('hits:', contrast_id, '@', mode) as quantity,
        cast(n_hits as double) as quantity_value
    from counted_hits
    union all
    select
        study_id,
        'n:targets' as quantity,
        cast(count(*) as double) as quantity_value
    from analytes
    group by all
),

kept_known as (
    select
        study_id,
        quantity,
        quantity_value
    from stacked
    where quantity_value is not null
)

select * from kept_known
