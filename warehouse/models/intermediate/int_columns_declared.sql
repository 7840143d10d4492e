-- grain: study_id, column_name
{% set person_classes = ['cohort', 'centre_id', 'sex', 'age_class'] %}
{% set response_classes = ['pain_responder', 'pain_only_responder'] %}
{% set person_numbers = ['age_years'] %}

with

studies as (select * from {{ ref('stg_raw__studies') }}),

attributes as (select * from {{ ref('stg_raw__attributes') }}),

measures as (select * from {{ ref('stg_raw__measures') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

listed_of_every_study as (
    {% for column in person_classes + person_numbers %}
        select
            study_id,
            '{{ column }}' as column_name,
            {{ column in person_numbers }} as is_number
        from studies
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

listed_classes as (
    select distinct
        study_id,
        attribute_id as column_name,
        false as is_number
    from attributes
),

listed_numbers as (
    select
        study_id,
        measure_id as column_name,
        true as is_number
    from measures
),

listed_responses as (
    {% for column in response_classes %}
        select
            study_id,
            '{{ column }}@' || visit as column_name,
            false as is_number
        from visits
        where is_follow_up
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

stacked as (
    select * from listed_of_every_study
    union all
    select * from listed_classes
    union all
    select * from listed_numbers
    union all
    select * from listed_responses
)

select * from stacked
