-- For complete pairs the mean of the differences is the difference of the means.
with

fold_changes as (
    select *
    from {{ ref('fct_fold_changes') }}
    where pairing = 'patient' and n_numerator > 0
),

patient_changes as (select * from {{ ref('fct_patient_fold_changes') }}),

contrasted as (select * from {{ ref('int_samples_contrasted') }}),

samples as (select * from {{ ref('dim_samples') }}),

baseline_arms as (
    select
        contrasted.study_id,
        contrasted.contrast_id,
        bool_and(samples.is_baseline) filter (where contrasted.arm = 'denominator')
            as is_denominator_baseline
    from contrasted
    inner join samples
        on
            contrasted.study_id = samples.study_id
            and contrasted.sample_id = samples.sample_id
    group by all
),

averaged as (
    select
        contrasted.study_id,
        contrasted.contrast_id,
        patient_changes.analyte_id,
        patient_changes.variant_id,
        avg(patient_changes.change_log2fc) as mean_change_log2fc,
        count(patient_changes.change_log2fc) as n_changes
    from contrasted
    inner join samples
        on
            contrasted.study_id = samples.study_id
            and contrasted.sample_id = samples.sample_id
    inner join patient_changes
        on
            samples.study_id = patient_changes.study_id
            and samples.patient_id = patient_changes.patient_id
            and samples.visit = patient_changes.visit
    where contrasted.arm = 'numerator'
    group by all
)

select fold_changes.*
from fold_changes
inner join baseline_arms
    on
        fold_changes.study_id = baseline_arms.study_id
        and fold_changes.contrast_id = baseline_arms.contrast_id
        and baseline_arms.is_denominator_baseline
inner join averaged
    on
        fold_changes.study_id = averaged.study_id
        and fold_changes.contrast_id = averaged.contrast_id
        and fold_changes.analyte_id = averaged.analyte_id
        and fold_changes.variant_id = averaged.variant_id
where
    fold_changes.n_numerator = averaged.n_changes
    and abs(fold_changes.change_log2fc - averaged.mean_change_log2fc) > 1e-9
