-- grain: study_id, patient_id, analyte_id, visit, variant_id
with

measurements as (select * from {{ ref('fct_measurements') }}),

samples as (select * from {{ ref('dim_samples') }}),

averaged_visits as (
    select
        samples.study_id,
        samples.patient_id,
        samples.visit,
        samples.is_baseline,
        samples.is_follow_up,
        measurements.analyte_id,
        measurements.variant_id,
        avg(measurements.level_log2) as level_log2
    from samples
    inner join measurements
        on
            samples.study_id = measurements.study_id
            and samples.sample_id = measurements.sample_id
    group by all
),

compared as (
    select
        follow_up.study_id,
        follow_up.patient_id,
        follow_up.analyte_id,
        follow_up.visit,
        follow_up.variant_id,
        baseline.level_log2 as baseline_log2,
        follow_up.level_log2,
        follow_up.level_log2 - baseline.level_log2 as change_log2fc
    from averaged_visits as follow_up
    inner join averaged_visits as baseline
        on
            follow_up.study_id = baseline.study_id
            and follow_up.patient_id = baseline.patient_id
            and follow_up.analyte_id = baseline.analyte_id
            and follow_up.variant_id = baseline.variant_id
    where baseline.is_baseline and follow_up.is_follow_up
)

select * from compared
