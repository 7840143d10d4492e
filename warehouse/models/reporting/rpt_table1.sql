-- grain: study_id, characteristic, level
with

patients as (
    select *
    from {{ ref('dim_patients') }}
    where cohort = 'patient'
),

values_of_patients as (select * from {{ ref('dim_patient_attributes') }}),

declared as (select * from {{ ref('stg_raw__attributes') }}),

counted_patients as (
    select
        study_id,
        count(*) as n_patients
    from patients
    group by all
),

counted_ages as (
    select
        study_id,
        count(*) filter (where age_years < 60) as n_under_60,
        count(*) filter (where age_years >= 60) as n_from_60,
        count(*) filter (where age_years is null) as n_not_recorded
    from patients
    group by all
),

listed_ages as (
    select
        study_id,
        0 as attribute_order,
        1 as level_order,
        'Age' as characteristic,
        '<60' as level,
        n_under_60 as n,
        false as is_multiple
    from counted_ages
    union all
    select
        study_id,
        0 as attribute_order,
        2 as level_order,
        'Age' as characteristic,
        '≥60' as level,
        n_from_60 as n,
        false as is_multiple
    from counted_ages
    union all
    select
        study_id,
        0 as attribute_order,
        3 as level_order,
        'Age' as characteristic,
        'Not recorded' as level,
        n_not_recorded as n,
        false as is_multiple
    from counted_ages
    where n_not_recorded > 0
),

kept_values as (
    select values_of_patients.*
    from values_of_patients
    inner join patients
        on
            values_of_patients.study_id = patients.study_id
            and values_of_patients.patient_id = patients.patient_id
),

counted_values as (
    select
        study_id,
        attribute_id,
        level,
        count(*) as n
    from kept_values
    group by all
),

listed_declared as (
    select
        declared.study_id,
        declared.attribute_order,
        declared.level_order,
        declared.attribute_label as characteristic,
        declared.level_label as level,
        coalesce(counted.n, 0) as n,
        declared.is_multiple
    from declared
    inner join counted_patients
        on declared.study_id = counted_patients.study_id
    left join counted_values as counted
        on
            declared.study_id = counted.study_id
            and declared.attribute_id = counted.attribute_id
            and declared.level = counted.level
),

listed_attributes as (
    select distinct
        study_id,
        attribute_id,
        attribute_label,
        attribute_order,
        is_multiple
    from declared
),

listed_undeclared as (
    select
        counted.study_id,
        attributes.attribute_order,
        1000 as level_order,
        attributes.attribute_label as characteristic,
        counted.level,
        counted.n,
        attributes.is_multiple
    from counted_values as counted
    inner join listed_attributes as attributes
        on
            counted.study_id = attributes.study_id
            and counted.attribute_id = attributes.attribute_id
    left join declared
        on
            counted.study_id = declared.study_id
            and counted.attribute_id = declared.attribute_id
            and counted.level = declared.level
    where declared.level is null
),

listed_not_recorded as (
    select
        attributes.study_id,
        attributes.attribute_order,
        2000 as level_order,
        attributes.attribute_label as characteristic,
        'Not recorded' as level,
        count(*) as n,
        attributes.is_multiple
    from listed_attributes as attributes
    inner join patients on attributes.study_id = patients.study_id
    left join kept_values
        on
            patients.study_id = kept_values.study_id
            and patients.patient_id = kept_values.patient_id
            and attributes.attribute_id = kept_values.attribute_id
    where kept_values.patient_id is null and not attributes.is_multiple
    group by all
),

stacked as (
    select * from listed_ages
    union all
    select * from listed_declared
    union all
    select * from listed_undeclared
    union all
    select * from listed_not_recorded
),

shared_out as (
    select
        stacked.study_id,
        stacked.characteristic,
        stacked.level,
        row_number() over (
            partition by stacked.study_id
            order by stacked.attribute_order, stacked.level_order, stacked.level
        ) as row_order,
        case when stacked.is_multiple then 'sites' else 'patients' end as counted_over,
        stacked.n,
        case
            when stacked.is_multiple
                then cast(
                    sum(stacked.n) over (
                        partition by stacked.study_id, stacked.characteristic
                    ) as bigint
                )
            else counted_patients.n_patients
        end as denominator
    from stacked
    inner join counted_patients on stacked.study_id = counted_patients.study_id
),

listed as (
    select
        study_id,
        characteristic,
        level,
        row_order,
        counted_over,
        {{ percent_text('n / nullif(denominator, 0)') }} as percent_text,
        n,
        denominator,
        n / nullif(denominator, 0) as constituent_frac
    from shared_out
)

select * from listed
