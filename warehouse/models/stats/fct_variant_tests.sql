-- grain: study_id, contrast_id, analyte_id, variant_id
with

tests as (select * from {{ ref('stat_variant_tests') }}),

listed as (
    select
        study_id,
        contrast_id,
        analyte_id,
        variant_id,
        analysis_id,
        method,
        reason,
        change_log2fc,
        p_value,
        p_adjusted,
        n_numerator,
        n_denominator,
        is_hit,
        is_primary_variant,
        plan_hash
    from tests
)

select * from listed
