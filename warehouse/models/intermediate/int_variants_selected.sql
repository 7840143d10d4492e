-- grain: study_id, variant_id
with

studies as (select * from {{ ref('stg_raw__studies') }}),

variants as (select * from {{ ref('int_variants_offered') }}),

reanalyses as (select * from {{ ref('stg_quality__reanalyses') }}),

listed_compared as (
    select distinct
        study_id,
        trim({{ split_rows('robustness_variants', ',') }}) as variant_id
    from studies
    where robustness_variants <> ''
),

listed_named as (
    select distinct
        study_id,
        variant_id
    from reanalyses
),

marked as (
    select
        variants.study_id,
        variants.variant_id,
        variants.background_method,
        variants.normalisation_method,
        variants.replicate_rule,
        variants.lod_rule,
        variants.below_lod_policy,
        coalesce(studies.primary_variant_id = variants.variant_id, false)
            as is_primary_variant,
        coalesce(
            studies.primary_variant_id = variants.variant_id
            or named.variant_id is not null,
            false
        ) as is_reported_variant,
        coalesce(
            studies.primary_variant_id = variants.variant_id
            or compared.variant_id is not null
            or (studies.robustness_variants = 'all'),
            false
        ) as is_compared_variant
    from variants
    inner join studies on variants.study_id = studies.study_id
    left join listed_named as named
        on
            variants.study_id = named.study_id
            and variants.variant_id = named.variant_id
    left join listed_compared as compared
        on
            variants.study_id = compared.study_id
            and variants.variant_id = compared.variant_id
),

kept_asked_for as (
    select *
    from marked
    where is_reported_variant or is_compared_variant
)

select * from kept_asked_for
