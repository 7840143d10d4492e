-- grain: study_id, patient_id, visit
with

assessments as (select * from {{ ref('stg_raw__assessments') }}),

compared_statements as (
    select
        study_id,
        patient_id,
        visit,
        min(omed_mg) as lowest_omed_mg,
        max(omed_mg) as highest_omed_mg
    from assessments
    group by all
),

-- the dose is the person's: whichever score of the visit it stands beside
agreed as (
    select
        study_id,
        patient_id,
        visit,
        case when lowest_omed_mg = highest_omed_mg then lowest_omed_mg end as omed_mg,
        case
            when lowest_omed_mg is null then 'no dose is recorded'
            when lowest_omed_mg < highest_omed_mg
                then 'rows of one visit state different doses'
            else ''
        end as dose_reason
    from compared_statements
)

select * from agreed
