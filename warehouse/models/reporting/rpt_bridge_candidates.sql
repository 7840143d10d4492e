-- grain: study_id, lot, sample_id
with

lots as (select * from {{ ref('dim_lots') }}),

samples as (select * from {{ ref('dim_samples') }}),

measurements as (select * from {{ ref('fct_measurements') }}),

arrays as (select * from {{ ref('fct_array_quality') }}),

open_lots as (
    select
        lots.study_id,
        lots.lot,
        reference_lots.lot as from_lot
    from lots
    inner join lots as reference_lots
        on
            lots.study_id = reference_lots.study_id
            and reference_lots.is_reference
    where lots.lot_effect = 'lot_effect_not_estimable'
),

-- the level before normalisation where there is one: the range that the scanner sees
measured_samples as (
    select
        samples.study_id,
        samples.sample_id,
        samples.lot,
        {{ ordered_mean(
            'coalesce(' ~ safe_log2('measurements.net_afu') ~ ', measurements.level_log2)',
            "measurements.measurement_class = 'quantified'"
        ) }} as signal_log2,
        count(*) filter (where measurements.measurement_class = 'quantified')
        / nullif(count(*), 0) as quantified_frac
    from samples
    inner join measurements
        on
            samples.study_id = measurements.study_id
            and samples.sample_id = measurements.sample_id
            and measurements.is_primary_variant
    left join arrays
        on
            samples.study_id = arrays.study_id
            and samples.array_id = arrays.array_id
    where
        not samples.is_excluded
        and not samples.is_bridge
        and coalesce(arrays.verdict, 'ok') = 'ok'
    group by all
),

fit_samples as (
    select
        open_lots.study_id,
        open_lots.lot,
        open_lots.from_lot,
        measured.sample_id,
        measured.signal_log2,
        measured.quantified_frac
    from open_lots
    inner join measured_samples as measured
        on
            open_lots.study_id = measured.study_id
            and open_lots.from_lot = measured.lot
    where measured.quantified_frac >= 0.8 and measured.signal_log2 is not null
),

quartered as (
    select
        *,
        ntile(4) over (
            partition by study_id, lot order by signal_log2 asc, sample_id asc
        ) as signal_quarter
    from fit_samples
),

chosen as (
    select
        study_id,
        lot,
        sample_id,
        from_lot,
        signal_quarter,
        signal_log2,
        quantified_frac
    from quartered
    qualify
        row_number() over (
            partition by study_id, lot, signal_quarter
            order by quantified_frac desc, signal_log2 asc, sample_id asc
        ) = 1
)

select * from chosen
