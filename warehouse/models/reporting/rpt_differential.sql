-- grain: study_id, contrast_id, analyte_id
with

by_variant as (select * from {{ ref('rpt_variant_differential') }}),

kept_primary as (
    select
        study_id,
        contrast_id,
        analyte_id,
        analyte_name,
        gene_symbols,
        numerator_group,
        denominator_group,
        numerator_label,
        denominator_label,
        method,
        verdict,
        direction_in_words,
        sensitivity,
        measurement_class,
        reason,
        mean_numerator_log2,
        mean_denominator_log2,
        signed_fold_change,
        change_log2fc,
        estimate_log2fc,
        ci_low_log2fc,
        ci_high_log2fc,
        p_value,
        p_adjusted,
        effect_size,
        detectable_log2fc,
        detectable_adjusted_log2fc,
        below_lod_frac,
        n_numerator,
        n_denominator,
        n_pairs,
        is_hit
    from by_variant
    where is_primary_variant
)

select * from kept_primary
