-- grain: study_id, sample_id, analyte_id, variant_id
with

arrays as (
    select *
    from {{ ref('int_measurements_normalised') }}
    where is_reported_variant and {{ is_outdated_batch() }}
),

other_platforms as (
    select *
    from {{ ref('int_values_measured') }}
    where {{ is_outdated_batch() }}
),

states as (select * from {{ ref('int_level_states') }}),

stacked as (
    select
        study_id,
        sample_id,
        analyte_id,
        variant_id,
        platform_id,
        array_id,
        batch_id,
        'afu' as value_unit,
        'linear' as scale,
        measurement_class,
        level_reason,
        level_afu as value,
        level_log2,
        below_lod_policy,
        net_afu,
        normalised_afu,
        lod_afu,
        cv_frac,
        cv_reason,
        n_spots,
        n_spots_excluded,
        is_lod_substituted,
        is_replicate_flagged,
        is_primary_variant,
        file_sha256
    from arrays
    union all
    select
        study_id,
        sample_id,
        analyte_id,
        variant_id,
        platform_id,
        cast(null as string) as array_id,
        batch_id,
        reading_unit as value_unit,
        scale,
        measurement_class,
        level_reason,
        reading as value,
        level_log2,
        below_lod_policy,
        cast(null as double) as net_afu,
        cast(null as double) as normalised_afu,
        cast(null as double) as lod_afu,
        cv_frac,
        cv_reason,
        cast(0 as bigint) as n_spots,
        cast(0 as bigint) as n_spots_excluded,
        false as is_lod_substituted,
        is_replicate_flagged,
        is_primary_variant,
        file_sha256
    from other_platforms
),

stamped as (
    select
        stacked.*,
        states.batch_state
    from stacked
    inner join states
        on
            stacked.study_id = states.study_id
            and stacked.batch_id = states.batch_id
)

select * from stamped
