-- grain: study_id, variant_id
with

own_variants as (select * from {{ source('raw', 'study_variants') }}),

renamed as (
    select
        study_id,
        variant_id,
        variant_label,
        background_method,
        normalisation_method,
        replicate_rule,
        lod_rule,
        below_lod_policy
    from own_variants
)

select * from renamed
