-- grain: study_id, array_id
with

arrays as (select * from {{ ref('int_arrays_scanned') }}),

spots as (select * from {{ ref('int_spots_background_subtracted') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

samples as (select * from {{ ref('int_samples_released') }}),

batches as (select * from {{ ref('int_batches_released') }}),

all_samples as (select * from {{ ref('stg_raw__samples') }}),

counted_spots as (
    select
        spots.study_id,
        spots.array_id,
        count(*) filter (where spots.is_flagged) as n_flagged_spots,
        count(*) filter (where spots.is_saturated) as n_saturated_spots
    from spots
    inner join variants
        on
            spots.study_id = variants.study_id
            and spots.background_method = variants.background_method
    where variants.is_primary_variant
    group by all
),

found_lots as (
    select
        study_id,
        slide_id,
        min(lot) as lot
    from all_samples
    group by all
),

described as (
    select
        arrays.study_id,
        arrays.array_id,
        arrays.slide_id,
        arrays.block,
        samples.sample_id,
        arrays.batch_id,
        found_lots.lot,
        arrays.n_spots,
        coalesce(counted_spots.n_flagged_spots, 0) as n_flagged_spots,
        coalesce(counted_spots.n_saturated_spots, 0) as n_saturated_spots,
        arrays.file_sha256
    from arrays
    inner join batches
        on
            arrays.study_id = batches.study_id
            and arrays.batch_id = batches.batch_id
    left join counted_spots
        on
            arrays.study_id = counted_spots.study_id
            and arrays.array_id = counted_spots.array_id
    left join samples
        on
            arrays.study_id = samples.study_id
            and arrays.array_id = samples.array_id
    left join found_lots
        on
            arrays.study_id = found_lots.study_id
            and arrays.slide_id = found_lots.slide_id
    where batches.is_released
)

select * from described
