-- grain: study_id, background_method, replicate_rule, normalisation_method
with

chosen_batches as (select * from {{ ref('int_reference_batches') }}),

medians as (select * from {{ ref('int_array_medians') }}),

averaged as (
    select
        medians.study_id,
        medians.background_method,
        medians.replicate_rule,
        'median' as normalisation_method,
        'median of ' || {{ joined_text('medians.batch_id', ', ') }} as reference_id,
        exp({{ ordered_mean('ln(medians.array_median_afu)') }}) as reference_afu,
        count(*) as n_reference_arrays
    from medians
    inner join chosen_batches
        on
            medians.study_id = chosen_batches.study_id
            and medians.batch_id = chosen_batches.batch_id
    where medians.array_median_afu > 0
    group by all
)

select * from averaged
