-- grain: study_id, patient_id, visit, instrument_id, site_id
with

responses as (select * from {{ ref('int_pain_responses_judged') }}),

patients as (select * from {{ ref('dim_patients') }}),

kept_of_shown_patients as (
    select responses.*
    from responses
    inner join patients
        on
            responses.study_id = patients.study_id
            and responses.patient_id = patients.patient_id
)

select * from kept_of_shown_patients
