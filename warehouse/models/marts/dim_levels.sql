-- grain: study_id, characteristic_id, level
with

patients as (select * from {{ ref('dim_patients') }}),

declared as (select * from {{ ref('stg_raw__attributes') }}),

-- also where nobody is in one
offered as (
    select distinct
        study_id,
        'age_class' as characteristic_id,
        'Age' as characteristic,
        0 as characteristic_order,
        'under_60' as level,
        '<60' as level_label,
        1 as level_order,
        false as is_multiple
    from patients
    union all
    select distinct
        study_id,
        'age_class' as characteristic_id,
        'Age' as characteristic,
        0 as characteristic_order,
        '60_and_over' as level,
        '≥60' as level_label,
        2 as level_order,
        false as is_multiple
    from patients
    union all
    select distinct
        study_id,
        'sex' as characteristic_id,
        'Sex' as characteristic,
        -1 as characteristic_order,
        sex as level,
        concat(upper(substr(sex, 1, 1)), substr(sex, 2)) as level_label,
        1 as level_order,
        false as is_multiple
    from patients
    union all
    select
        study_id,
        attribute_id as characteristic_id,
        attribute_label as characteristic,
        attribute_order as characteristic_order,
        level,
        level_label,
        level_order,
        is_multiple
    from declared
)

select * from offered
