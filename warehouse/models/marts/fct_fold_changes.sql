-- grain: study_id, contrast_id, analyte_id, variant_id
with

analyses as (select * from {{ ref('stg_raw__plan') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_reported_variant
),

arms as (select * from {{ ref('int_samples_contrasted') }}),

measurements as (select * from {{ ref('fct_measurements') }}),

listed_contrasts as (
    select distinct
        study_id,
        contrast_id,
        numerator_group,
        denominator_group,
        pairing
    from analyses
    where kind = 'contrast' and mode = 'correct'
),

framed as (
    select
        contrasts.study_id,
        contrasts.contrast_id,
        analytes.analyte_id,
        variants.variant_id,
        contrasts.numerator_group,
        contrasts.denominator_group,
        contrasts.pairing
    from listed_contrasts as contrasts
    inner join analytes on contrasts.study_id = analytes.study_id
    inner join variants on contrasts.study_id = variants.study_id
),

averaged_units as (
    select
        arms.study_id,
        arms.contrast_id,
        arms.arm,
        arms.unit_id,
        contrasts.pairing,
        measurements.analyte_id,
        measurements.variant_id,
        avg(measurements.level_log2) as level_log2,
        avg(
            case
                when measurements.scale = 'log2' then power(2, measurements.value)
                else measurements.value
            end
        ) as level_linear
    from arms
    inner join listed_contrasts as contrasts
        on
            arms.study_id = contrasts.study_id
            and arms.contrast_id = contrasts.contrast_id
    inner join measurements
        on
            arms.study_id = measurements.study_id
            and arms.sample_id = measurements.sample_id
    where measurements.level_log2 is not null
    group by all
),

kept_complete as (
    select *
    from averaged_units
    qualify
        pairing = 'independent'
        or count(*) over (
            partition by study_id, contrast_id, analyte_id, variant_id, unit_id
        ) = 2
),

averaged_arms as (
    select
        study_id,
        contrast_id,
        analyte_id,
        variant_id,
        {{ ordered_mean('level_log2', "arm = 'numerator'") }} as mean_numerator_log2,
        {{ ordered_mean('level_log2', "arm = 'denominator'") }}
            as mean_denominator_log2,
        {{ ordered_mean('level_linear', "arm = 'numerator'") }} as mean_numerator,
        {{ ordered_mean('level_linear', "arm = 'denominator'") }} as mean_denominator,
        count(*) filter (where arm = 'numerator') as n_numerator,
        count(*) filter (where arm = 'denominator') as n_denominator
    from kept_complete
    group by all
),

divided as (
    select
        *,
        mean_numerator_log2 - mean_denominator_log2 as change_log2fc,
        power(2, mean_numerator_log2 - mean_denominator_log2) as ratio_geometric,
        mean_numerator / nullif(mean_denominator, 0) as ratio_arithmetic
    from averaged_arms
),

listed as (
    select
        framed.study_id,
        framed.contrast_id,
        framed.analyte_id,
        framed.variant_id,
        framed.numerator_group,
        framed.denominator_group,
        framed.pairing,
        divided.mean_numerator_log2,
        divided.mean_denominator_log2,
        divided.ratio_geometric,
        divided.ratio_arithmetic,
        {{ signed_fold_change('divided.ratio_geometric') }} as signed_fold_change,
        divided.change_log2fc,
        coalesce(divided.n_numerator, 0) as n_numerator,
        coalesce(divided.n_denominator, 0) as n_denominator
    from framed
    left join divided
        on
            framed.study_id = divided.study_id
            and framed.contrast_id = divided.contrast_id
            and framed.analyte_id = divided.analyte_id
            and framed.variant_id = divided.variant_id
)

select * from listed
