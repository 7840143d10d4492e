-- grain: study_id, sample_id, grouping, class_value
{% set sample_columns = ['group_code', 'visit', 'slide_id', 'batch_id', 'lot'] %}
{% set patient_columns = ['cohort', 'centre_id', 'sex'] %}

with

released_samples as (select * from {{ ref('int_samples_released') }}),

patients as (select * from {{ ref('stg_raw__patients') }}),

attributes as (select * from {{ ref('stg_raw__patient_attributes') }}),

responses as (select * from {{ ref('int_patients_responded') }}),

-- a bridge sample belongs to a slide, a batch and a lot, but to no arm of a contrast
samples as (
    select *
    from released_samples
    where not is_bridge
),

listed_sample_classes as (
    {% for column in sample_columns %}
        select
            study_id,
            sample_id,
            '{{ column }}' as grouping,
            {{ column }} as class_value
        from samples
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

listed_patient_classes as (
    {% for column in patient_columns %}
        select
            samples.study_id,
            samples.sample_id,
            '{{ column }}' as grouping,
            patients.{{ column }} as class_value
        from samples
        inner join patients
            on
                samples.study_id = patients.study_id
                and samples.patient_id = patients.patient_id
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

listed_attribute_classes as (
    select
        samples.study_id,
        samples.sample_id,
        attributes.attribute_id as grouping,
        attributes.level as class_value
    from samples
    inner join attributes
        on
            samples.study_id = attributes.study_id
            and samples.patient_id = attributes.patient_id
),

-- cut where Table 1 cuts
listed_age_classes as (
    select
        samples.study_id,
        samples.sample_id,
        'age_class' as grouping,
        case when patients.age_years < 60 then 'under_60' else '60_and_over' end
            as class_value
    from samples
    inner join patients
        on
            samples.study_id = patients.study_id
            and samples.patient_id = patients.patient_id
    where patients.age_years is not null
),

listed_response_classes as (
    select
        samples.study_id,
        samples.sample_id,
        responses.attribute_id as grouping,
        responses.level as class_value
    from samples
    inner join responses
        on
            samples.study_id = responses.study_id
            and samples.patient_id = responses.patient_id
),

stacked as (
    select * from listed_sample_classes
    union all
    select * from listed_patient_classes
    union all
    select * from listed_age_classes
    union all
    select * from listed_attribute_classes
    union all
    select * from listed_response_classes
)

select * from stacked
