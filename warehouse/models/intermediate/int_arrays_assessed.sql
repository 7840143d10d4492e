-- grain: study_id, array_id
with

spots as (select * from {{ ref('int_spots_background_subtracted') }}),

samples as (select * from {{ ref('int_samples_released') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

replicates as (select * from {{ ref('int_replicates_averaged') }}),

measurements as (select * from {{ ref('int_measurements_normalised') }}),

backgrounds as (select * from {{ ref('int_backgrounds_fitted') }}),

controls as (select * from {{ ref('int_controls_compared') }}),

measured_spots as (
    select
        spots.study_id,
        spots.array_id,
        spots.sample_id,
        spots.batch_id,
        median(spots.net_afu) filter (
            where spots.target_kind in ('negative_control', 'blank') and spots.is_kept
        ) as negative_control_median_afu,
        {{ ordered_mean(
            'spots.net_afu', "spots.target_kind = 'positive_control' and spots.is_kept"
        ) }} as positive_control_mean_afu,
        count(*) filter (
            where spots.target_kind = 'positive_control' and spots.is_kept
        ) as n_positive_control_spots,
        count(*) filter (where spots.is_saturated) / nullif(count(*), 0)
            as saturated_frac,
        count(*) filter (where spots.is_flagged) / nullif(count(*), 0) as flagged_frac
    from spots
    inner join variants
        on
            spots.study_id = variants.study_id
            and spots.background_method = variants.background_method
    where spots.sample_id is not null
    group by all
),

measured_replicates as (
    select
        replicates.study_id,
        replicates.array_id,
        median(replicates.cv_frac) as cv_median_frac
    from replicates
    inner join variants
        on
            replicates.study_id = variants.study_id
            and replicates.background_method = variants.background_method
            and replicates.replicate_rule = variants.replicate_rule
    where replicates.target_kind = 'analyte'
    group by all
),

measured_detection as (
    select
        measurements.study_id,
        measurements.array_id,
        count(*) filter (where measurements.measurement_class = 'below_lod')
        / nullif(count(*), 0) as below_lod_frac,
        count(measurements.level_log2) as n_levels
    from measurements
    where measurements.is_primary_variant
    group by all
),

joined as (
    select
        measured_spots.study_id,
        measured_spots.array_id,
        measured_spots.sample_id,
        measured_spots.batch_id,
        backgrounds.background_median_afu,
        backgrounds.background_gradient_ratio,
        coalesce(backgrounds.gradient_reason, 'no spot has a background')
            as gradient_reason,
        measured_spots.negative_control_median_afu,
        measured_spots.positive_control_mean_afu,
        controls.weakest_positive_afu,
        controls.control_separation_log2,
        controls.separation_reason,
        controls.is_control_failed,
        measured_spots.saturated_frac,
        measured_spots.flagged_frac,
        measured_replicates.cv_median_frac,
        measured_detection.below_lod_frac,
        measured_spots.n_positive_control_spots,
        coalesce(measured_detection.n_levels, 0) as n_levels,
        samples.is_excluded
    from measured_spots
    inner join samples
        on
            measured_spots.study_id = samples.study_id
            and measured_spots.sample_id = samples.sample_id
    inner join controls
        on
            measured_spots.study_id = controls.study_id
            and measured_spots.array_id = controls.array_id
    left join backgrounds
        on
            measured_spots.study_id = backgrounds.study_id
            and measured_spots.array_id = backgrounds.array_id
    left join measured_replicates
        on
            measured_spots.study_id = measured_replicates.study_id
            and measured_spots.array_id = measured_replicates.array_id
    left join measured_detection
        on
            measured_spots.study_id = measured_detection.study_id
            and measured_spots.array_id = measured_detection.array_id
)

select * from joined
