-- grain: study_id
with

studies as (select * from {{ source('raw', 'studies') }}),

renamed as (
    select
        study_id,
        title,
        platform_id,
        panel_id,
        channel_nm,
        array_unit,
        primary_variant_id,
        baseline_visit,
        normalisation_reference,
        robustness_variants,
        pain_instrument_id,
        index_site_attribute_id,
        reirradiated_attribute_id,
        is_synthetic,
        has_study_codes
    from studies
)

select * from renamed
