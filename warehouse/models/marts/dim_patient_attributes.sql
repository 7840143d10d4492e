-- grain: study_id, patient_id, attribute_id, level
with

attributes as (select * from {{ ref('stg_raw__patient_attributes') }}),

patients as (select * from {{ ref('dim_patients') }}),

kept_of_shown_patients as (
    select
        attributes.study_id,
        attributes.patient_id,
        attributes.attribute_id,
        attributes.level
    from attributes
    inner join patients
        on
            attributes.study_id = patients.study_id
            and attributes.patient_id = patients.patient_id
)

select * from kept_of_shown_patients
