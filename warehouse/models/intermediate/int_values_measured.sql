-- grain: study_id, sample_id, analyte_id, variant_id
with

samples as (select * from {{ ref('int_samples_released') }}),

panel_targets as (select * from {{ ref('stg_raw__panel_targets') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

measured_values as (select * from {{ ref('stg_raw__values') }}),

targets as (select * from {{ ref('int_targets_resolved') }}),

exclusions as (select * from {{ ref('stg_quality__exclusions') }}),

named_analytes as (
    select
        measured_values.*,
        targets.target_id as analyte_id,
        case measured_values.quantity
            when 'concentration' then 1
            when 'npx' then 2
            when 'median_fluorescence' then 3
            when 'net_mfi' then 4
        end as quantity_order
    from measured_values
    inner join targets
        on
            measured_values.study_id = targets.study_id
            and measured_values.scanner_target_name = targets.scanner_target_name
            and measured_values.scanner_target_id = targets.scanner_target_id
),

-- one quantity an analyte in the whole study: samples of two units are never compared
picked_best_quantity as (
    select *
    from named_analytes
    qualify
        quantity_order = min(quantity_order) over (
            partition by study_id, analyte_id
        )
),

averaged_wells as (
    select
        study_id,
        sample_id,
        analyte_id,
        reading_unit,
        scale,
        {{ ordered_mean('reading') }} as reading,
        {{ replicate_cv('reading', 'reading is not null') }} as cv_frac,
        count(reading) as n_readings,
        count(*) filter (where qualifier = 'below' or coalesce(reading < lod, false))
            as n_below,
        count(*) filter (where qualifier = 'above') as n_above,
        count(*) filter (
            where qualifier = 'extrapolated' or coalesce(qc_flag, '') <> ''
        ) as n_flagged
    from picked_best_quantity
    group by all
),

framed as (
    select
        samples.study_id,
        samples.sample_id,
        panel_targets.target_id as analyte_id,
        variants.variant_id,
        variants.below_lod_policy,
        panel_targets.platform_id,
        samples.batch_id,
        variants.is_primary_variant,
        coalesce(
            samples.is_excluded or exclusions.scope_key is not null, false
        ) as is_excluded,
        samples.file_sha256
    from samples
    inner join panel_targets on samples.study_id = panel_targets.study_id
    inner join variants on samples.study_id = variants.study_id
    left join exclusions
        on
            panel_targets.study_id = exclusions.study_id
            and panel_targets.target_id = exclusions.scope_key
            and exclusions.scope = 'target'
    where samples.array_id is null and panel_targets.target_kind = 'analyte'
),

classified as (
    select
        framed.*,
        case when not framed.is_excluded then averaged_wells.reading end as reading,
        coalesce(averaged_wells.reading_unit, '') as reading_unit,
        coalesce(averaged_wells.scale, 'linear') as scale,
        case
            when averaged_wells.scale = 'linear' and not framed.is_excluded
                then averaged_wells.cv_frac
        end as cv_frac,
        case
            when framed.is_excluded then 'missing'
            when coalesce(averaged_wells.n_readings, 0) = 0
                then
                    case
                        when averaged_wells.n_below > 0 then 'below_lod'
                        when averaged_wells.n_above > 0 then 'saturated'
                        else 'missing'
                    end
            when averaged_wells.n_above > 0 then 'saturated'
            when averaged_wells.n_below > 0 then 'below_lod'
            when averaged_wells.n_flagged > 0 then 'flagged'
            else 'quantified'
        end as measurement_class
    from framed
    left join averaged_wells
        on
            framed.study_id = averaged_wells.study_id
            and framed.sample_id = averaged_wells.sample_id
            and framed.analyte_id = averaged_wells.analyte_id
),

levelled as (
    select
        *,
        case
            when scale = 'log2' then reading
            else {{ safe_log2('reading') }}
        end as level_log2
    from classified
),

explained as (
    select
        study_id,
        sample_id,
        analyte_id,
        variant_id,
        platform_id,
        batch_id,
        reading,
        reading_unit,
        scale,
        measurement_class,
        below_lod_policy,
        level_log2,
        case
            when level_log2 is not null then ''
            when is_excluded then 'excluded by the ledger'
            when reading is not null then 'the value is not positive'
            else 'the file gives no number'
        end as level_reason,
        cv_frac,
        case
            when cv_frac is not null then ''
            when scale = 'log2' then 'a CV has no meaning on a log scale'
            else 'fewer than two positive wells'
        end as cv_reason,
        coalesce(cv_frac > 0.20, false) as is_replicate_flagged,
        is_primary_variant,
        file_sha256
    from levelled
)

select * from explained
