-- After median normalisation the median of every array is the reference.
with

measurements as (
    select *
    from {{ ref('fct_measurements') }}
    where normalised_afu is not null
),

variants as (select * from {{ ref('int_variants_selected') }}),

factors as (select * from {{ ref('int_normalisation_factors') }}),

found_medians as (
    select
        measurements.study_id,
        measurements.array_id,
        measurements.variant_id,
        variants.background_method,
        variants.replicate_rule,
        variants.normalisation_method,
        median(measurements.normalised_afu) as normalised_median_afu
    from measurements
    inner join variants
        on
            measurements.study_id = variants.study_id
            and measurements.variant_id = variants.variant_id
    where variants.normalisation_method = 'median'
    group by all
)

select found_medians.*
from found_medians
inner join factors
    on
        found_medians.study_id = factors.study_id
        and found_medians.array_id = factors.array_id
        and found_medians.background_method = factors.background_method
        and found_medians.replicate_rule = factors.replicate_rule
        and found_medians.normalisation_method = factors.normalisation_method
where
    abs(found_medians.normalised_median_afu / factors.reference_value - 1) > 1e-9
