-- grain: study_id, array_id
with

samples as (select * from {{ ref('int_samples_released') }}),

measurements as (select * from {{ ref('int_measurements_normalised') }}),

replicates as (select * from {{ ref('int_replicates_averaged') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

levels as (
    select
        study_id,
        batch_id,
        array_id,
        analyte_id,
        level_log2
    from measurements
    where is_primary_variant and level_log2 is not null
),

usual_levels as (
    select
        study_id,
        batch_id,
        analyte_id,
        median(level_log2) as usual_log2
    from levels
    group by all
),

found_distances as (
    select
        levels.study_id,
        levels.array_id,
        median(abs(levels.level_log2 - usual.usual_log2)) as distance_log2
    from levels
    inner join usual_levels as usual
        on
            levels.study_id = usual.study_id
            and levels.batch_id = usual.batch_id
            and levels.analyte_id = usual.analyte_id
    group by all
),

-- before normalisation, which would hide that an array is bright or dim as a whole
kept_signals as (
    select
        samples.study_id,
        samples.batch_id,
        samples.array_id,
        replicates.net_afu
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
    where replicates.target_kind = 'analyte' and replicates.net_afu is not null
),

ranked as (
    select
        study_id,
        array_id,
        cume_dist() over own as own_up_to,
        (rank() over own - 1e0)
        / count(*) over (partition by study_id, array_id) as own_below,
        cume_dist() over pool as pool_up_to,
        (rank() over pool - 1e0)
        / count(*) over (partition by study_id, batch_id) as pool_below
    from kept_signals
    window
        own as (partition by study_id, array_id order by net_afu),
        pool as (partition by study_id, batch_id order by net_afu)
),

-- between two of its own signals an array's share stands still while the pool's rises: the
-- greatest difference lies at, or just below, one of its own
found_differences as (
    select
        study_id,
        array_id,
        max(
            greatest(abs(own_up_to - pool_up_to), abs(own_below - pool_below))
        ) as ks_statistic,
        count(*) as n_targets
    from ranked
    group by all
),

joined as (
    select
        samples.study_id,
        samples.array_id,
        samples.batch_id,
        distances.distance_log2,
        differences.ks_statistic,
        coalesce(differences.n_targets, 0) as n_targets
    from samples
    left join found_distances as distances
        on
            samples.study_id = distances.study_id
            and samples.array_id = distances.array_id
    left join found_differences as differences
        on
            samples.study_id = differences.study_id
            and samples.array_id = differences.array_id
    where samples.array_id is not null
)

select * from joined
