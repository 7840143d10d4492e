-- grain: study_id, variant_id
with

offered as (select * from {{ ref('int_variants_offered') }}),

selected as (select * from {{ ref('int_variants_selected') }}),

described as (
    select
        offered.study_id,
        offered.variant_id,
        offered.variant_label,
        offered.background_method,
        offered.normalisation_method,
        offered.replicate_rule,
        offered.lod_rule,
        offered.below_lod_policy,
        coalesce(selected.is_primary_variant, false) as is_primary_variant,
        coalesce(selected.is_reported_variant, false) as is_reported_variant,
        coalesce(selected.is_compared_variant, false) as is_compared_variant,
        offered.is_own_variant
    from offered
    left join selected
        on
            offered.study_id = selected.study_id
            and offered.variant_id = selected.variant_id
)

select * from described
