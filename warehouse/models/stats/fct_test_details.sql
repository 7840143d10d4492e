-- grain: study_id, analysis_id, contrast_id, analyte_id, method, stratum, variant_id, mode, quantity
with

results as (select * from {{ ref('stat_test_results') }}),

listed as (
    select
        study_id,
        analysis_id,
        contrast_id,
        analyte_id,
        method,
        stratum,
        variant_id,
        mode,
        {{ paired_lists(
            'detail_names', 'quantity', 'detail_values', 'quantity_value'
        ) }},
        plan_hash
    from results
),

kept as (
    select
        study_id,
        analysis_id,
        contrast_id,
        analyte_id,
        method,
        stratum,
        variant_id,
        mode,
        quantity,
        quantity_value,
        plan_hash
    from listed
)

select * from kept
