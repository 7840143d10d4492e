-- grain: study_id, sample_id, analyte_id, variant_id
with

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_compared_variant
),

arrays as (select * from {{ ref('int_measurements_normalised') }}),

other_platforms as (select * from {{ ref('int_values_measured') }}),

stacked as (
    select
        study_id,
        sample_id,
        analyte_id,
        variant_id,
        level_log2
    from arrays
    union all
    select
        study_id,
        sample_id,
        analyte_id,
        variant_id,
        level_log2
    from other_platforms
),

kept_compared as (
    select
        stacked.study_id,
        stacked.sample_id,
        stacked.analyte_id,
        stacked.variant_id,
        stacked.level_log2,
        variants.is_primary_variant
    from stacked
    inner join variants
        on
            stacked.study_id = variants.study_id
            and stacked.variant_id = variants.variant_id
)

select * from kept_compared
