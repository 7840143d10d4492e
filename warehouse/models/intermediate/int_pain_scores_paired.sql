-- grain: study_id, patient_id, visit, instrument_id, site_id
with

assessments as (select * from {{ ref('stg_raw__assessments') }}),

patients as (select * from {{ ref('stg_raw__patients') }}),

attributes as (select * from {{ ref('stg_raw__patient_attributes') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

instruments as (select * from {{ ref('int_instruments_merged') }}),

doses as (select * from {{ ref('int_doses_stated') }}),

-- hundredths of a point of 0-10, also of a scale in mm: whole numbers, so that 5.6 - 3.6 is 2
kept_pain_scores as (
    select
        assessments.study_id,
        patients.cohort,
        assessments.patient_id,
        assessments.visit,
        assessments.instrument_id,
        instruments.pain_kind,
        assessments.site_id,
        assessments.assessed_day,
        assessments.score,
        cast(assessments.score * 10 as bigint)
        * case when instruments.score_max = 10 then 10 else 1 end as pain_hundredths
    from assessments
    inner join instruments
        on
            assessments.study_id = instruments.study_id
            and assessments.instrument_id = instruments.instrument_id
            and instruments.pain_kind <> ''
    inner join patients
        on
            assessments.study_id = patients.study_id
            and assessments.patient_id = patients.patient_id
),

found_instruments as (
    select
        study_id,
        cohort,
        instrument_id,
        pain_kind,
        max(site_id) <> '' as is_by_site
    from kept_pain_scores
    group by all
),

ranked_instruments as (
    select
        study_id,
        instrument_id,
        row_number() over (
            partition by study_id
            order by
                case pain_kind
                    when 'worst' then 1
                    when 'average' then 2
                    when 'current' then 3
                    when 'unspecified' then 4
                    else 5
                end,
                instrument_id
        ) as instrument_rank
    from (
        select distinct
            study_id,
            instrument_id,
            pain_kind
        from found_instruments
    ) as used
),

listed_index_sites as (
    select
        attributes.study_id,
        attributes.patient_id,
        min(attributes.level) as site_id
    from attributes
    inner join studies
        on
            attributes.study_id = studies.study_id
            and attributes.attribute_id = studies.index_site_attribute_id
    group by all
),

listed_reirradiated as (
    select
        attributes.study_id,
        attributes.patient_id,
        attributes.level as site_id
    from attributes
    inner join studies
        on
            attributes.study_id = studies.study_id
            and attributes.attribute_id = studies.reirradiated_attribute_id
),

-- whoever could have been asked: with a score, with a declared site, or with neither
listed_sites as (
    select
        study_id,
        patient_id,
        instrument_id,
        site_id
    from kept_pain_scores
    union
    select
        patients.study_id,
        patients.patient_id,
        found_instruments.instrument_id,
        case
            when found_instruments.is_by_site
                then coalesce(listed_index_sites.site_id, '')
            else ''
        end as site_id
    from patients
    inner join found_instruments
        on
            patients.study_id = found_instruments.study_id
            and patients.cohort = found_instruments.cohort
    left join listed_index_sites
        on
            patients.study_id = listed_index_sites.study_id
            and patients.patient_id = listed_index_sites.patient_id
    left join kept_pain_scores as scores
        on
            patients.study_id = scores.study_id
            and patients.patient_id = scores.patient_id
            and found_instruments.instrument_id = scores.instrument_id
    where
        scores.patient_id is null
        or (found_instruments.is_by_site and listed_index_sites.site_id is not null)
),

added_baselines as (
    select
        sites.study_id,
        sites.patient_id,
        sites.instrument_id,
        sites.site_id,
        scores.score as baseline_score,
        scores.pain_hundredths as baseline_pain_hundredths
    from listed_sites as sites
    inner join visits
        on
            sites.study_id = visits.study_id
            and visits.is_baseline
    left join kept_pain_scores as scores
        on
            sites.study_id = scores.study_id
            and sites.patient_id = scores.patient_id
            and sites.instrument_id = scores.instrument_id
            and sites.site_id = scores.site_id
            and visits.visit = scores.visit
),

-- the declared site; else the worst pain, of equal ones the first in the alphabet
ranked_sites as (
    select
        sites.*,
        row_number() over (
            partition by sites.study_id, sites.patient_id, sites.instrument_id
            order by
                case when sites.site_id = declared.site_id then 0 else 1 end,
                case when sites.baseline_pain_hundredths is not null then 0 else 1 end,
                case when sites.site_id <> '' then 0 else 1 end,
                coalesce(sites.baseline_pain_hundredths, 0) desc,
                sites.site_id
        ) as site_rank
    from added_baselines as sites
    left join listed_index_sites as declared
        on
            sites.study_id = declared.study_id
            and sites.patient_id = declared.patient_id
),

-- a score of the whole person stands for the declared site, where there is one
marked_reirradiated as (
    select distinct
        sites.study_id,
        sites.patient_id,
        sites.instrument_id,
        sites.site_id
    from listed_sites as sites
    inner join listed_reirradiated as reirradiated
        on
            sites.study_id = reirradiated.study_id
            and sites.patient_id = reirradiated.patient_id
    left join listed_index_sites as declared
        on
            sites.study_id = declared.study_id
            and sites.patient_id = declared.patient_id
    where
        reirradiated.site_id in (sites.site_id, 'all')
        or (sites.site_id = '' and reirradiated.site_id = declared.site_id)
),

paired as (
    select
        sites.study_id,
        sites.patient_id,
        visits.visit,
        sites.instrument_id,
        sites.site_id,
        patients.cohort,
        visits.visit_order,
        instruments.pain_kind,
        scores.assessed_day,
        visits.days_after_treatment,
        scores.score,
        sites.baseline_score,
        scores.pain_hundredths,
        sites.baseline_pain_hundredths,
        doses.omed_mg,
        baseline_doses.omed_mg as baseline_omed_mg,
        coalesce(doses.dose_reason, 'no dose is recorded') as dose_reason,
        coalesce(baseline_doses.dose_reason, 'no dose is recorded')
            as baseline_dose_reason,
        sites.site_rank = 1 as is_index_site,
        coalesce(
            studies.pain_instrument_id = sites.instrument_id,
            ranked_instruments.instrument_rank = 1
        ) as is_response_instrument,
        marked_reirradiated.patient_id is not null as is_reirradiated
    from ranked_sites as sites
    inner join studies on sites.study_id = studies.study_id
    inner join patients
        on
            sites.study_id = patients.study_id
            and sites.patient_id = patients.patient_id
    inner join instruments
        on
            sites.study_id = instruments.study_id
            and sites.instrument_id = instruments.instrument_id
    inner join ranked_instruments
        on
            sites.study_id = ranked_instruments.study_id
            and sites.instrument_id = ranked_instruments.instrument_id
    inner join visits
        on
            sites.study_id = visits.study_id
            and visits.is_follow_up
    left join kept_pain_scores as scores
        on
            sites.study_id = scores.study_id
            and sites.patient_id = scores.patient_id
            and sites.instrument_id = scores.instrument_id
            and sites.site_id = scores.site_id
            and visits.visit = scores.visit
    left join doses
        on
            sites.study_id = doses.study_id
            and sites.patient_id = doses.patient_id
            and visits.visit = doses.visit
    left join doses as baseline_doses
        on
            sites.study_id = baseline_doses.study_id
            and sites.patient_id = baseline_doses.patient_id
            and studies.baseline_visit = baseline_doses.visit
    left join marked_reirradiated
        on
            sites.study_id = marked_reirradiated.study_id
            and sites.patient_id = marked_reirradiated.patient_id
            and sites.instrument_id = marked_reirradiated.instrument_id
            and sites.site_id = marked_reirradiated.site_id
)

select * from paired
