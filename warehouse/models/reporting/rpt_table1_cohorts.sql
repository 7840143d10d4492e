-- grain: study_id, characteristic_id, level, cohort
with

patients as (select * from {{ ref('dim_patients') }}),

attributes as (select * from {{ ref('dim_patient_attributes') }}),

offered as (select * from {{ ref('dim_levels') }}),

measures as (select * from {{ ref('stg_raw__measures') }}),

measured as (select * from {{ ref('stg_raw__patient_measures') }}),

differences as (select * from {{ ref('fct_cohort_differences') }}),

counted_persons as (
    select
        study_id,
        cohort,
        count(*) as n_persons
    from patients
    group by all
),

stacked_values as (
    select
        study_id,
        patient_id,
        'age_class' as characteristic_id,
        case when age_years < 60 then 'under_60' else '60_and_over' end as level
    from patients
    where age_years is not null
    union all
    select
        study_id,
        patient_id,
        'sex' as characteristic_id,
        sex as level
    from patients
    union all
    select
        study_id,
        patient_id,
        attribute_id as characteristic_id,
        level
    from attributes
),

valued as (
    select
        patients.cohort,
        stacked_values.*
    from stacked_values
    inner join patients
        on
            stacked_values.study_id = patients.study_id
            and stacked_values.patient_id = patients.patient_id
),

counted_values as (
    select
        study_id,
        cohort,
        characteristic_id,
        level,
        count(*) as n
    from valued
    group by all
),

characteristics as (
    select distinct
        study_id,
        characteristic_id,
        characteristic,
        characteristic_order,
        is_multiple
    from offered
),

listed_offered as (
    select
        offered.study_id,
        counted_persons.cohort,
        offered.characteristic_id,
        offered.level,
        offered.level_label,
        offered.level_order,
        coalesce(counted_values.n, 0) as n
    from offered
    inner join counted_persons on offered.study_id = counted_persons.study_id
    left join counted_values
        on
            offered.study_id = counted_values.study_id
            and counted_persons.cohort = counted_values.cohort
            and offered.characteristic_id = counted_values.characteristic_id
            and offered.level = counted_values.level
),

listed_undeclared as (
    select
        counted_values.study_id,
        counted_values.cohort,
        counted_values.characteristic_id,
        counted_values.level,
        counted_values.level as level_label,
        1000 as level_order,
        counted_values.n
    from counted_values
    left join offered
        on
            counted_values.study_id = offered.study_id
            and counted_values.characteristic_id = offered.characteristic_id
            and counted_values.level = offered.level
    where offered.level is null
),

listed_not_recorded as (
    select
        characteristics.study_id,
        patients.cohort,
        characteristics.characteristic_id,
        '' as level,
        'Not recorded' as level_label,
        2000 as level_order,
        count(*) as n
    from characteristics
    inner join patients on characteristics.study_id = patients.study_id
    left join valued
        on
            patients.study_id = valued.study_id
            and patients.patient_id = valued.patient_id
            and characteristics.characteristic_id = valued.characteristic_id
    where valued.patient_id is null and not characteristics.is_multiple
    group by all
),

stacked_classes as (
    select * from listed_offered
    union all
    select * from listed_undeclared
    union all
    select * from listed_not_recorded
),

-- another cohort than the patients has a row only of what somebody of it has
found_recorded as (
    select distinct
        study_id,
        cohort,
        characteristic_id
    from counted_values
),

shared_out as (
    select
        classes.*,
        characteristics.characteristic,
        characteristics.characteristic_order,
        characteristics.is_multiple,
        case
            when characteristics.is_multiple
                then cast(
                    sum(classes.n) over (
                        partition by
                            classes.study_id, classes.cohort, classes.characteristic_id
                    ) as bigint
                )
            else counted_persons.n_persons
        end as denominator
    from stacked_classes as classes
    inner join characteristics
        on
            classes.study_id = characteristics.study_id
            and classes.characteristic_id = characteristics.characteristic_id
    inner join counted_persons
        on
            classes.study_id = counted_persons.study_id
            and classes.cohort = counted_persons.cohort
    left join found_recorded
        on
            classes.study_id = found_recorded.study_id
            and classes.cohort = found_recorded.cohort
            and classes.characteristic_id = found_recorded.characteristic_id
    where classes.cohort = 'patient' or found_recorded.cohort is not null
),

stacked_numbers as (
    select
        study_id,
        patient_id,
        'age_years' as characteristic_id,
        cast(age_years as double) as number_value
    from patients
    where age_years is not null
    union all
    select
        study_id,
        patient_id,
        measure_id as characteristic_id,
        measure_value as number_value
    from measured
),

summarised_numbers as (
    select
        numbers.study_id,
        patients.cohort,
        numbers.characteristic_id,
        {{ ordered_mean('numbers.number_value') }} as mean_value,
        {{ ordered_sd('numbers.number_value') }} as sd_value,
        min(numbers.number_value) as min_value,
        max(numbers.number_value) as max_value,
        count(*) as n
    from stacked_numbers as numbers
    inner join patients
        on
            numbers.study_id = patients.study_id
            and numbers.patient_id = patients.patient_id
    group by all
),

described as (
    select
        study_id,
        cohort,
        characteristic_id,
        level_label as level,
        level as level_code,
        characteristic,
        characteristic_order,
        level_order,
        'classes' as summary_kind,
        case when is_multiple then 'sites' else 'patients' end as counted_over,
        '' as unit_label,
        {{ percent_text('n / nullif(denominator, 0)') }} as percent_text,
        cast(null as double) as mean_value,
        cast(null as double) as sd_value,
        cast(null as double) as min_value,
        cast(null as double) as max_value,
        n,
        denominator,
        n / nullif(denominator, 0) as constituent_frac,
        is_multiple
    from shared_out
    union all
    select
        numbers.study_id,
        numbers.cohort,
        numbers.characteristic_id,
        'Mean ± SD' as level,
        '' as level_code,
        coalesce(measures.measure_label, 'Age') as characteristic,
        coalesce(10000 + measures.measure_order, -2) as characteristic_order,
        1 as level_order,
        'numbers' as summary_kind,
        'patients' as counted_over,
        coalesce(measures.measure_unit, 'years') as unit_label,
        cast(null as string) as percent_text,
        numbers.mean_value,
        numbers.sd_value,
        numbers.min_value,
        numbers.max_value,
        numbers.n,
        counted_persons.n_persons as denominator,
        cast(null as double) as constituent_frac,
        false as is_multiple
    from summarised_numbers as numbers
    inner join counted_persons
        on
            numbers.study_id = counted_persons.study_id
            and numbers.cohort = counted_persons.cohort
    left join measures
        on
            numbers.study_id = measures.study_id
            and numbers.characteristic_id = measures.measure_id
),

listed as (
    select
        described.study_id,
        described.characteristic_id,
        described.level,
        described.cohort,
        described.characteristic,
        dense_rank() over (
            partition by described.study_id
            order by
                described.characteristic_order,
                described.characteristic_id,
                described.level_order,
                described.level
        ) as row_order,
        described.summary_kind,
        described.counted_over,
        described.unit_label,
        described.percent_text,
        described.mean_value,
        described.sd_value,
        described.min_value,
        described.max_value,
        described.n,
        described.denominator,
        described.constituent_frac,
        differences.standardised_difference
    from described
    left join differences
        on
            described.study_id = differences.study_id
            and described.characteristic_id = differences.characteristic_id
            and described.cohort = differences.denominator_cohort
            and differences.numerator_cohort = 'patient'
            and case
                when described.is_multiple then described.level_code
                else ''
            end = differences.level
)

select * from listed
