-- grain: study_id, characteristic, level
with

table1 as (
    select *
    from {{ ref('rpt_table1_cohorts') }}
    where cohort = 'patient'
),

-- sex and numbers stand in the table of all cohorts
kept_as_printed as (
    select *
    from table1
    where summary_kind = 'classes' and characteristic_id <> 'sex'
),

listed as (
    select
        study_id,
        characteristic,
        level,
        row_number() over (partition by study_id order by row_order) as row_order,
        counted_over,
        percent_text,
        n,
        denominator,
        constituent_frac
    from kept_as_printed
)

select * from listed
