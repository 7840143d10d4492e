-- grain: study_id, variant_id
with

studies as (select * from {{ ref('stg_raw__studies') }}),

platforms as (select * from {{ ref('platforms') }}),

shipped as (select * from {{ ref('signal_variants') }}),

own_variants as (select * from {{ ref('stg_raw__variants') }}),

kept_shipped as (
    select
        studies.study_id,
        shipped.variant_id,
        shipped.variant_label,
        shipped.background_method,
        shipped.normalisation_method,
        shipped.replicate_rule,
        shipped.lod_rule,
        shipped.below_lod_policy,
        false as is_own_variant
    from studies
    inner join platforms on studies.platform_id = platforms.platform_id
    inner join shipped
        on
            (platforms.value_kind = 'values')
            = (shipped.background_method = 'not_applicable')
    left join own_variants
        on
            studies.study_id = own_variants.study_id
            and shipped.variant_id = own_variants.variant_id
    where own_variants.variant_id is null
),

stacked as (
    select * from kept_shipped
    union all
    select
        study_id,
        variant_id,
        variant_label,
        background_method,
        normalisation_method,
        replicate_rule,
        lod_rule,
        below_lod_policy,
        true as is_own_variant
    from own_variants
),

-- a fit of each batch by itself has no place beside a reference that study.toml names
kept_offered as (
    select stacked.*
    from stacked
    inner join studies on stacked.study_id = studies.study_id
    where
        studies.normalisation_reference = ''
        or stacked.normalisation_method not in ('cyclic_loess', 'vsn')
)

select * from kept_offered
