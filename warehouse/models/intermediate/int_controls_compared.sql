-- grain: study_id, array_id
with

samples as (select * from {{ ref('int_samples_released') }}),

replicates as (select * from {{ ref('int_replicates_averaged') }}),

detection_limits as (select * from {{ ref('int_detection_limits') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

-- a control that gave nothing must still have a logarithm: below 1 afu it counts as 1
levelled_controls as (
    select
        samples.study_id,
        samples.batch_id,
        samples.array_id,
        replicates.target_id,
        replicates.net_afu,
        {{ safe_log2('greatest(replicates.net_afu, 1e0)') }} as level_log2
    from replicates
    inner join variants
        on
            replicates.study_id = variants.study_id
            and replicates.background_method = variants.background_method
            and replicates.replicate_rule = variants.replicate_rule
    inner join samples
        on
            replicates.study_id = samples.study_id
            and replicates.array_id = samples.array_id
    where
        replicates.target_kind = 'positive_control'
        and replicates.net_afu is not null
),

usual_levels as (
    select
        study_id,
        batch_id,
        target_id,
        median(level_log2) as usual_log2
    from levelled_controls
    group by all
),

found_extremes as (
    select
        controls.study_id,
        controls.array_id,
        min(controls.net_afu) as weakest_positive_afu,
        max(abs(controls.level_log2 - usual.usual_log2)) as control_shift_log2
    from levelled_controls as controls
    inner join usual_levels as usual
        on
            controls.study_id = usual.study_id
            and controls.batch_id = usual.batch_id
            and controls.target_id = usual.target_id
    group by all
),

primary_limits as (
    select
        limits.study_id,
        limits.array_id,
        limits.lod_afu,
        limits.lod_reason
    from detection_limits as limits
    inner join variants
        on
            limits.study_id = variants.study_id
            and limits.background_method = variants.background_method
            and limits.lod_rule = variants.lod_rule
),

separated as (
    select
        samples.study_id,
        samples.array_id,
        samples.batch_id,
        extremes.weakest_positive_afu,
        limits.lod_afu,
        case
            when extremes.weakest_positive_afu > 0 and limits.lod_afu > 0
                then
                    {{ safe_log2('extremes.weakest_positive_afu') }}
                    - {{ safe_log2('limits.lod_afu') }}
        end as control_separation_log2,
        case
            when extremes.array_id is null then 'no positive control was kept'
            when limits.lod_afu is null
                then coalesce(limits.lod_reason, 'no detection limit')
            when limits.lod_afu <= 0 then 'the detection limit is not above 0'
            when extremes.weakest_positive_afu <= 0
                then 'a positive control has no net signal'
            else ''
        end as separation_reason,
        coalesce(extremes.weakest_positive_afu <= limits.lod_afu, false)
            as is_control_failed,
        extremes.control_shift_log2
    from samples
    left join found_extremes as extremes
        on
            samples.study_id = extremes.study_id
            and samples.array_id = extremes.array_id
    left join primary_limits as limits
        on
            samples.study_id = limits.study_id
            and samples.array_id = limits.array_id
    where samples.array_id is not null
)

select * from separated
