-- grain: study_id, background_method, replicate_rule, normalisation_method, quantile_rank
with

reference_batches as (select * from {{ ref('int_reference_batches') }}),

scales as (select * from {{ ref('int_array_scales') }}),

quantiles as (select * from {{ ref('int_array_quantiles') }}),

averaged_scales as (
    select
        scales.study_id,
        scales.background_method,
        scales.replicate_rule,
        scales.normalisation_method,
        cast(0 as bigint) as quantile_rank,
        reference_batches.reference_id,
        exp({{ ordered_mean('ln(scales.array_scale)') }}) as reference_value,
        scales.array_scale_unit as reference_value_unit,
        count(*) as n_reference_arrays
    from scales
    inner join reference_batches
        on
            scales.study_id = reference_batches.study_id
            and scales.batch_id = reference_batches.batch_id
    where scales.array_scale > 0
    group by all
),

averaged_quantiles as (
    select
        quantiles.study_id,
        quantiles.background_method,
        quantiles.replicate_rule,
        'quantile' as normalisation_method,
        quantiles.quantile_rank,
        reference_batches.reference_id,
        {{ ordered_mean('quantiles.quantile_afu') }} as reference_value,
        'afu' as reference_value_unit,
        count(*) as n_reference_arrays
    from quantiles
    inner join reference_batches
        on
            quantiles.study_id = reference_batches.study_id
            and quantiles.batch_id = reference_batches.batch_id
    group by all
),

stacked as (
    select * from averaged_scales
    union all
    select * from averaged_quantiles
)

select * from stacked
