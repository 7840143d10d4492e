-- grain: study_id, scope, scope_id, analyte_id, variant_id
with

partners as (select * from {{ ref('int_bridge_partners') }}),

bridges as (select * from {{ ref('int_bridges_measured') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

measurements as (select * from {{ ref('fct_measurements') }}),

-- every lot, but of batches only those that a serum links to another one
compared_units as (
    select *
    from partners
    where not is_reference and (scope = 'lot' or n_shared_serums > 0)
),

listed_cells as (
    select
        units.study_id,
        units.scope,
        units.scope_id,
        analytes.analyte_id,
        variants.variant_id,
        units.against_id
    from compared_units as units
    inner join analytes on units.study_id = analytes.study_id
    inner join variants
        on
            units.study_id = variants.study_id
            and variants.is_primary_variant
),

quantified_levels as (
    select
        bridges.study_id,
        bridges.bridge_id,
        bridges.batch_id,
        bridges.lot,
        measurements.analyte_id,
        measurements.level_log2
    from bridges
    inner join measurements
        on
            bridges.study_id = measurements.study_id
            and bridges.sample_id = measurements.sample_id
    where
        measurements.is_primary_variant
        and measurements.measurement_class = 'quantified'
        and measurements.level_log2 is not null
),

-- a serum that was measured several times on one side counts once
averaged_serums as (
    select
        study_id,
        'lot' as scope,
        lot as scope_id,
        bridge_id,
        analyte_id,
        {{ ordered_mean('level_log2') }} as level_log2
    from quantified_levels
    group by study_id, lot, bridge_id, analyte_id
    union all
    select
        study_id,
        'batch' as scope,
        batch_id as scope_id,
        bridge_id,
        analyte_id,
        {{ ordered_mean('level_log2') }} as level_log2
    from quantified_levels
    group by study_id, batch_id, bridge_id, analyte_id
),

compared_serums as (
    select
        units.study_id,
        units.scope,
        units.scope_id,
        here.analyte_id,
        here.level_log2 - there.level_log2 as shift_log2fc
    from compared_units as units
    inner join averaged_serums as here
        on
            units.study_id = here.study_id
            and units.scope = here.scope
            and units.scope_id = here.scope_id
    inner join averaged_serums as there
        on
            units.study_id = there.study_id
            and units.scope = there.scope
            and units.against_id = there.scope_id
            and here.bridge_id = there.bridge_id
            and here.analyte_id = there.analyte_id
),

summarised as (
    select
        study_id,
        scope,
        scope_id,
        analyte_id,
        count(*) as n_serums,
        median(shift_log2fc) as median_log2fc,
        {{ ordered_sd('shift_log2fc') }} as sd_log2fc,
        min(shift_log2fc) as least_log2fc,
        max(shift_log2fc) as most_log2fc
    from compared_serums
    group by all
),

described as (
    select
        cells.study_id,
        cells.scope,
        cells.scope_id,
        cells.analyte_id,
        cells.variant_id,
        cells.against_id,
        coalesce(found.n_serums, 0) as n_serums,
        case when found.n_serums >= 2 then found.median_log2fc end as shift_log2fc,
        case when found.n_serums >= 2 then found.sd_log2fc end as shift_sd_log2fc,
        case when found.n_serums >= 2 then found.least_log2fc end as shift_least_log2fc,
        case when found.n_serums >= 2 then found.most_log2fc end as shift_most_log2fc,
        -- all n differences lie on one side of the true median with chance 2 * 0.5^n
        case
            when found.n_serums >= 2 then 1 - power(0.5, found.n_serums - 1)
        end as range_confidence_frac,
        case
            when found.n_serums >= 2 then power(2, -found.median_log2fc)
        end as bridging_factor,
        case
            when found.n_serums >= 2 then ''
            when cells.against_id is null
                then cells.scope || '_effect_not_estimable: no bridge samples'
            else
                cells.scope
                || '_effect_not_estimable: under two serums quantified in both'
        end as factor_reason
    from listed_cells as cells
    left join summarised as found
        on
            cells.study_id = found.study_id
            and cells.scope = found.scope
            and cells.scope_id = found.scope_id
            and cells.analyte_id = found.analyte_id
)

select * from described
