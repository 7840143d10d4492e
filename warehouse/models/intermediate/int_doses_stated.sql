-- grain: study_id, patient_id, visit
with

assessments as (select * from {{ ref('stg_raw__assessments') }}),

converted as (select * from {{ ref('int_analgesics_converted') }}),

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
),

listed_visits as (
    select
        study_id,
        patient_id,
        visit
    from agreed
    union
    select
        study_id,
        patient_id,
        visit
    from converted
),

-- a dose that somebody stated wins over one made from the drugs
chosen as (
    select
        visits.study_id,
        visits.patient_id,
        visits.visit,
        coalesce(agreed.omed_mg, converted.omed_mg) as omed_mg,
        case
            when agreed.omed_mg is not null then ''
            when converted.patient_id is not null then converted.dose_reason
            else agreed.dose_reason
        end as dose_reason
    from listed_visits as visits
    left join agreed
        on
            visits.study_id = agreed.study_id
            and visits.patient_id = agreed.patient_id
            and visits.visit = agreed.visit
    left join converted
        on
            visits.study_id = converted.study_id
            and visits.patient_id = converted.patient_id
            and visits.visit = converted.visit
)

select * from chosen
