-- grain: study_id, patient_id, visit, instrument_id, site_id
with

assessments as (select * from {{ ref('stg_raw__assessments') }}),

patients as (select * from {{ ref('dim_patients') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

instruments as (select * from {{ ref('int_instruments_merged') }}),

listed_series as (
    select distinct
        patients.study_id,
        patients.patient_id,
        patients.cohort,
        assessments.instrument_id,
        assessments.site_id
    from assessments
    inner join patients
        on
            assessments.study_id = patients.study_id
            and assessments.patient_id = patients.patient_id
),

framed as (
    select
        series.study_id,
        series.patient_id,
        series.cohort,
        visits.visit,
        visits.visit_order,
        visits.is_baseline,
        visits.is_follow_up,
        series.instrument_id,
        series.site_id
    from listed_series as series
    inner join visits on series.study_id = visits.study_id
),

filled as (
    select
        framed.*,
        assessments.assessed_day,
        assessments.score,
        assessments.omed_mg
    from framed
    left join assessments
        on
            framed.study_id = assessments.study_id
            and framed.patient_id = assessments.patient_id
            and framed.visit = assessments.visit
            and framed.instrument_id = assessments.instrument_id
            and framed.site_id = assessments.site_id
),

measured_baseline_spread as (
    select
        study_id,
        cohort,
        instrument_id,
        site_id,
        {{ ordered_sd('cast(score as double)') }} as baseline_sd
    from filled
    where is_baseline
    group by all
),

compared as (
    select
        filled.*,
        baseline.score as baseline_score,
        baseline.omed_mg as baseline_omed_mg,
        case when filled.is_follow_up then filled.score - baseline.score end
            as change_score
    from filled
    left join filled as baseline
        on
            filled.study_id = baseline.study_id
            and filled.patient_id = baseline.patient_id
            and filled.instrument_id = baseline.instrument_id
            and filled.site_id = baseline.site_id
            and baseline.is_baseline
),

chosen_difference as (
    select
        compared.*,
        instruments.better_direction,
        cast(instruments.mid_frac as decimal(9, 6)) * compared.baseline_score
            as mid_of_baseline_score,
        coalesce(
            instruments.mid_score,
            instruments.mid_frac * compared.baseline_score,
            spread.baseline_sd / 2
        ) as mid_score_used,
        case
            when instruments.mid_score is not null then 'fixed'
            when instruments.mid_frac is not null then 'share_of_baseline'
            else 'half_baseline_sd'
        end as mid_rule,
        case
            when instruments.better_direction = 'lower' then -compared.change_score
            else compared.change_score
        end as improvement_score
    from compared
    left join instruments
        on
            compared.study_id = instruments.study_id
            and compared.instrument_id = instruments.instrument_id
    left join measured_baseline_spread as spread
        on
            compared.study_id = spread.study_id
            and compared.cohort = spread.cohort
            and compared.instrument_id = spread.instrument_id
            and compared.site_id = spread.site_id
),

judged as (
    select
        study_id,
        patient_id,
        cohort,
        visit,
        visit_order,
        instrument_id,
        site_id,
        assessed_day,
        score,
        baseline_score,
        change_score,
        omed_mg,
        baseline_omed_mg,
        better_direction,
        mid_score_used,
        mid_rule,
        is_baseline,
        is_follow_up,
        score is null as is_missing,
        coalesce(
            improvement_score > 0
            and case
                when mid_rule = 'share_of_baseline'
                    then improvement_score >= mid_of_baseline_score
                else improvement_score >= mid_score_used
            end,
            false
        ) as is_mid_reached,
        coalesce(
            improvement_score > 0 and improvement_score >= mid_of_baseline_score,
            false
        ) as is_mid_share_reached
    from chosen_difference
)

select * from judged
