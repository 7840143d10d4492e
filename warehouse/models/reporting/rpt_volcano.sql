-- grain: study_id, contrast_id, analyte_id
with

differential as (select * from {{ ref('rpt_differential') }}),

placed as (
    select
        study_id,
        contrast_id,
        analyte_id,
        analyte_name,
        verdict,
        change_log2fc,
        p_value,
        p_adjusted,
        {{ minus_log10('p_value') }} as neg_log10_p,
        is_hit
    from differential
)

select * from placed
