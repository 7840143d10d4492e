-- grain: study_id, variant_id
with

studies as (select * from {{ ref('stg_raw__studies') }}),

variants as (select * from {{ ref('signal_variants') }}),

picked_primary as (
    select
        studies.study_id,
        variants.variant_id,
        variants.background_method,
        variants.normalisation_method,
        variants.replicate_rule,
        variants.lod_rule,
        variants.below_lod_policy,
        true as is_primary_variant
    from studies
    inner join variants on studies.primary_variant_id = variants.variant_id
)

select * from picked_primary
