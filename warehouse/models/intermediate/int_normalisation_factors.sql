-- grain: study_id, array_id, background_method, replicate_rule, normalisation_method
with

medians as (select * from {{ ref('int_array_medians') }}),

reference_medians as (select * from {{ ref('int_normalisation_references') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_methods as (
    select distinct
        study_id,
        background_method,
        replicate_rule,
        normalisation_method
    from variants
),

fitted as (
    select
        medians.study_id,
        medians.array_id,
        medians.background_method,
        medians.replicate_rule,
        methods.normalisation_method,
        coalesce(reference_medians.reference_id, '') as reference_id,
        medians.array_median_afu,
        reference_medians.reference_afu,
        case
            when methods.normalisation_method = 'none' then 1e0
            when medians.array_median_afu > 0
                then reference_medians.reference_afu / medians.array_median_afu
        end as factor
    from medians
    inner join listed_methods as methods
        on
            medians.study_id = methods.study_id
            and medians.background_method = methods.background_method
            and medians.replicate_rule = methods.replicate_rule
    left join reference_medians
        on
            medians.study_id = reference_medians.study_id
            and medians.background_method = reference_medians.background_method
            and medians.replicate_rule = reference_medians.replicate_rule
            and methods.normalisation_method
            = reference_medians.normalisation_method
),

explained as (
    select
        study_id,
        array_id,
        background_method,
        replicate_rule,
        normalisation_method,
        reference_id,
        array_median_afu,
        reference_afu,
        factor,
        case
            when factor is not null then ''
            when array_median_afu is null then 'no target of the array was kept'
            when array_median_afu <= 0 then 'the array''s median is not positive'
            else 'no array of a reference batch is released'
        end as factor_reason
    from fitted
)

select * from explained
