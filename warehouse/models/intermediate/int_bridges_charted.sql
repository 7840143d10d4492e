-- grain: study_id, array_id
with

bridges as (select * from {{ ref('int_bridges_measured') }}),

arrays as (select * from {{ ref('int_arrays_scanned') }}),

batches as (select * from {{ ref('int_batches_released') }}),

measurements as (select * from {{ ref('int_measurements_normalised') }}),

-- the first eight measurements of a serum are its reference, whatever comes later
placed as (
    select
        bridges.study_id,
        bridges.array_id,
        arrays.slide_id,
        arrays.block,
        arrays.batch_id,
        batches.first_released_at,
        bridges.bridge_id,
        row_number() over (
            partition by bridges.study_id, bridges.bridge_id
            order by
                batches.first_released_at asc,
                arrays.batch_id asc,
                arrays.slide_id asc,
                arrays.block asc,
                arrays.array_id asc
        ) <= 8 as is_reference
    from bridges
    inner join arrays
        on
            bridges.study_id = arrays.study_id
            and bridges.array_id = arrays.array_id
    inner join batches
        on
            arrays.study_id = batches.study_id
            and arrays.batch_id = batches.batch_id
            and batches.is_released
),

levels as (
    select
        placed.study_id,
        placed.array_id,
        placed.bridge_id,
        placed.is_reference,
        measurements.analyte_id,
        {{ safe_log2('measurements.net_afu') }} as net_log2
    from placed
    inner join measurements
        on
            placed.study_id = measurements.study_id
            and placed.array_id = measurements.array_id
    where
        measurements.is_primary_variant
        and measurements.measurement_class = 'quantified'
),

usual_levels as (
    select
        study_id,
        bridge_id,
        analyte_id,
        {{ ordered_mean('net_log2', 'is_reference') }} as usual_log2
    from levels
    group by all
),

averaged as (
    select
        levels.study_id,
        levels.array_id,
        {{ ordered_mean('levels.net_log2 - usual.usual_log2') }} as chart_value
    from levels
    inner join usual_levels as usual
        on
            levels.study_id = usual.study_id
            and levels.bridge_id = usual.bridge_id
            and levels.analyte_id = usual.analyte_id
    group by all
),

charted as (
    select
        placed.study_id,
        placed.array_id,
        placed.slide_id,
        placed.block,
        placed.batch_id,
        placed.first_released_at,
        'bridge ' || placed.bridge_id as control_id,
        'log2 ratio' as chart_unit,
        averaged.chart_value,
        placed.is_reference
    from placed
    left join averaged
        on
            placed.study_id = averaged.study_id
            and placed.array_id = averaged.array_id
)

select * from charted
