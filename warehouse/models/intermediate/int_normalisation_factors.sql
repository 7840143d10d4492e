-- grain: study_id, array_id, background_method, replicate_rule, normalisation_method
with

samples as (select * from {{ ref('int_samples_released') }}),

scales as (select * from {{ ref('int_array_scales') }}),

reference_values as (
    select *
    from {{ ref('int_normalisation_references') }}
    where normalisation_method <> 'quantile'
),

variants as (select * from {{ ref('int_variants_selected') }}),

framed_without_scale as (
    select distinct
        samples.study_id,
        samples.array_id,
        variants.background_method,
        variants.replicate_rule,
        variants.normalisation_method
    from samples
    inner join variants on samples.study_id = variants.study_id
    where samples.array_id is not null and variants.normalisation_method = 'none'
),

fitted as (
    select
        scales.study_id,
        scales.array_id,
        scales.background_method,
        scales.replicate_rule,
        scales.normalisation_method,
        coalesce(reference_values.reference_id, '') as reference_id,
        scales.array_scale,
        scales.array_scale_unit,
        reference_values.reference_value,
        case
            when scales.array_scale > 0
                then reference_values.reference_value / scales.array_scale
        end as factor
    from scales
    left join reference_values
        on
            scales.study_id = reference_values.study_id
            and scales.background_method = reference_values.background_method
            and scales.replicate_rule = reference_values.replicate_rule
            and scales.normalisation_method = reference_values.normalisation_method
),

explained as (
    select
        *,
        case
            when factor is not null then ''
            when array_scale is null
                then
                    case normalisation_method
                        when 'median' then 'no target of the array was kept'
                        when 'positive_control'
                            then 'no positive control of the array was kept'
                        else 'the sample has no total protein'
                    end
            when array_scale <= 0
                then
                    case normalisation_method
                        when 'median' then 'the array''s median is not positive'
                        when 'positive_control'
                            then 'the array''s positive controls are not positive'
                        else 'the sample''s total protein is not positive'
                    end
            else 'no array of a reference batch is released'
        end as factor_reason
    from fitted
),

stacked as (
    select
        study_id,
        array_id,
        background_method,
        replicate_rule,
        normalisation_method,
        '' as reference_id,
        cast(null as double) as array_scale,
        'none' as array_scale_unit,
        cast(null as double) as reference_value,
        1e0 as factor,
        '' as factor_reason
    from framed_without_scale
    union all
    select * from explained
)

select * from stacked
