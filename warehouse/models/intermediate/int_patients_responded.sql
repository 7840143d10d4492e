-- grain: study_id, patient_id, attribute_id
with

responses as (select * from {{ ref('int_pain_responses_judged') }}),

-- who has no response has no class: a missed visit says nothing of a person's serum
kept_of_persons as (
    select *
    from responses
    where is_index_site and is_response_instrument and is_evaluable
),

named_by_pain_and_dose as (
    select
        study_id,
        patient_id,
        'pain_responder@' || visit as attribute_id,
        case when is_responder then 'responder' else 'non_responder' end as level
    from kept_of_persons
    where is_dose_known
),

named_by_pain as (
    select
        study_id,
        patient_id,
        'pain_only_responder@' || visit as attribute_id,
        case when is_pain_only_responder then 'responder' else 'non_responder' end
            as level
    from kept_of_persons
),

stacked as (
    select * from named_by_pain_and_dose
    union all
    select * from named_by_pain
)

select * from stacked
