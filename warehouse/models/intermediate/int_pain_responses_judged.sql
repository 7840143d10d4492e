-- grain: study_id, patient_id, visit, instrument_id, site_id
{# Hundredths of a point of 0-10, and days: docs/decisions has the reasons. #}
{% set two_points = 200 %}
{% set one_point = 100 %}
{% set first_consensus_day = 21 %}
{% set last_consensus_day = 105 %}

with

scores as (select * from {{ ref('int_pain_scores_paired') }}),

measured as (
    select
        *,
        pain_hundredths - baseline_pain_hundredths as change_hundredths,
        cast(omed_mg * 100 as bigint) as dose_hundredths,
        cast(baseline_omed_mg * 100 as bigint) as baseline_dose_hundredths
    from scores
),

-- in whole numbers: a quarter less is 4 new <= 3 old, a quarter more 4 new >= 5 old
classed as (
    select
        *,
        case
            when baseline_pain_hundredths is null then 'no_baseline'
            when baseline_pain_hundredths < {{ two_points }} then 'low_baseline'
            when is_reirradiated then 'reirradiated'
            when pain_hundredths is null then 'no_follow_up'
            else ''
        end as not_evaluable_because,
        case
            when pain_hundredths = 0 then 'none'
            when change_hundredths <= -{{ two_points }} then 'fall_of_two'
            when change_hundredths < 0 then 'fall'
            when change_hundredths = 0 then 'same'
            when change_hundredths <= {{ one_point }} then 'rise_to_one'
            when change_hundredths < {{ two_points }} then 'rise'
            when change_hundredths >= {{ two_points }} then 'rise_of_two'
        end as pain_class,
        case
            when dose_hundredths is null or baseline_dose_hundredths is null
                then 'unknown'
            when dose_hundredths = baseline_dose_hundredths then 'same'
            when 4 * dose_hundredths <= 3 * baseline_dose_hundredths
                then 'cut_by_quarter'
            when dose_hundredths < baseline_dose_hundredths then 'cut'
            when baseline_dose_hundredths = 0 then 'started'
            when 4 * dose_hundredths >= 5 * baseline_dose_hundredths
                then 'raised_by_quarter'
            else 'raised'
        end as dose_class,
        case
            when baseline_omed_mg is null then 'at baseline ' || baseline_dose_reason
            else 'at this visit ' || dose_reason
        end as unknown_dose,
        case
            when
                coalesce(days_after_treatment, assessed_day)
                < {{ first_consensus_day }}
                then 'early'
            when days_after_treatment is null then 'not_declared'
            when days_after_treatment <= {{ last_consensus_day }} then 'consensus'
            else 'late'
        end as timing
    from measured
),

judged_by_pain as (
    select
        *,
        case
            when not_evaluable_because <> '' then 'not_evaluable'
            when pain_class = 'none' then 'pain_only_complete'
            when pain_class = 'fall_of_two' then 'pain_only_partial'
            when pain_class = 'rise_of_two' then 'pain_only_progression'
            else 'pain_only_indeterminate'
        end as pain_only_response
    from classed
),

-- top down, as the table of the definition reads
judged as (
    select
        *,
        case
            when not_evaluable_because <> '' or dose_class = 'unknown'
                then pain_only_response
            when
                pain_class = 'none'
                and dose_class in ('same', 'cut', 'cut_by_quarter')
                then 'complete'
            when pain_class = 'none' then 'indeterminate'
            when
                pain_class = 'fall_of_two'
                and dose_class in ('same', 'cut', 'cut_by_quarter')
                then 'partial'
            when pain_class = 'fall_of_two' then 'indeterminate'
            when pain_class in ('fall', 'same') and dose_class = 'cut_by_quarter'
                then 'partial'
            when dose_class = 'cut_by_quarter' then 'indeterminate'
            when
                pain_class = 'rise_of_two'
                and dose_class in ('same', 'raised', 'raised_by_quarter', 'started')
                then 'progression'
            when
                pain_class in ('same', 'rise_to_one', 'rise')
                and dose_class in ('raised_by_quarter', 'started')
                then 'progression'
            else 'indeterminate'
        end as response
    from judged_by_pain
),

worded as (
    select
        study_id,
        patient_id,
        visit,
        instrument_id,
        site_id,
        cohort,
        visit_order,
        pain_kind,
        timing,
        response,
        case
            when response = 'progression' and pain_class = 'rise' then 'gap'
            when
                response = 'progression'
                and pain_class = 'rise_of_two'
                and dose_class <> 'same'
                then 'indeterminate'
            else response
        end as response_literal,
        pain_only_response,
        not_evaluable_because,
        case not_evaluable_because
            when 'no_baseline' then 'no pain score at baseline'
            when 'low_baseline' then 'pain at baseline is below 2 points of 10'
            when 'reirradiated' then 'the site was irradiated before'
            when 'no_follow_up' then 'no pain score at this visit'
            else
                case pain_class
                    when 'none' then 'no pain'
                    when 'fall_of_two' then 'pain fell by 2 points of 10 or more'
                    when 'fall' then 'pain fell by less than 2 points of 10'
                    when 'same' then 'pain is the same'
                    when 'rise_to_one' then 'pain rose by at most 1 point of 10'
                    when 'rise'
                        then 'pain rose by more than 1 and less than 2 points of 10'
                    else 'pain rose by 2 points of 10 or more'
                end
                || '; '
                || case dose_class
                    when 'unknown'
                        then unknown_dose || ', so pain alone is judged'
                    when 'same' then 'the dose of analgesics is the same'
                    when 'cut_by_quarter' then 'the dose was cut by 25 % or more'
                    when 'cut' then 'the dose was cut by less than 25 %'
                    when 'started' then 'analgesics were started'
                    when 'raised_by_quarter' then 'the dose was raised by 25 % or more'
                    else 'the dose was raised by less than 25 %'
                end
        end as reason,
        assessed_day,
        baseline_score,
        score,
        score - baseline_score as change_score,
        baseline_omed_mg,
        omed_mg,
        is_index_site,
        is_response_instrument,
        not_evaluable_because = '' as is_evaluable,
        dose_class <> 'unknown' as is_dose_known,
        response in ('complete', 'partial') as is_responder,
        pain_only_response in ('pain_only_complete', 'pain_only_partial')
            as is_pain_only_responder,
        not_evaluable_because = ''
        and pain_class = 'rise_of_two'
        and dose_class = 'cut_by_quarter' as is_pain_up_after_dose_cut
    from judged
)

select * from worded
