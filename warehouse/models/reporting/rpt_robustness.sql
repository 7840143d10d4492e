-- grain: study_id, contrast_id, analyte_id
with

tests as (select * from {{ ref('fct_variant_tests') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

kept_primary as (
    select
        study_id,
        contrast_id,
        analyte_id,
        change_log2fc,
        n_numerator + n_denominator as n_samples,
        is_hit
    from tests
    where is_primary_variant
),

-- a variant that lost most of the primary's samples says nothing about the recipe
weighed as (
    select
        tests.study_id,
        tests.contrast_id,
        tests.analyte_id,
        tests.variant_id,
        tests.change_log2fc,
        tests.is_hit,
        kept_primary.is_hit as is_primary_hit,
        kept_primary.change_log2fc as primary_log2fc,
        tests.p_value is not null
        and 2 * (tests.n_numerator + tests.n_denominator) >= kept_primary.n_samples
            as is_computed
    from tests
    inner join kept_primary
        on
            tests.study_id = kept_primary.study_id
            and tests.contrast_id = kept_primary.contrast_id
            and tests.analyte_id = kept_primary.analyte_id
),

counted as (
    select
        study_id,
        contrast_id,
        analyte_id,
        is_primary_hit,
        primary_log2fc,
        count(*) as n_variants,
        count(*) filter (where is_computed) as n_variants_computed,
        count(*) filter (where is_computed and is_hit) as n_variants_hit,
        count(*) filter (
            where is_computed and sign(change_log2fc) = sign(primary_log2fc)
        ) as n_variants_same_sign,
        min(change_log2fc) filter (where is_computed) as lowest_log2fc,
        max(change_log2fc) filter (where is_computed) as highest_log2fc,
        {{ joined_text(
            "case when is_computed and is_hit <> is_primary_hit then variant_id end",
            ', '
        ) }} as deviating_variants
    from weighed
    group by all
),

judged as (
    select
        counted.study_id,
        counted.contrast_id,
        counted.analyte_id,
        analytes.analyte_name,
        case
            when counted.n_variants_computed = 0 then 'not_computed'
            when counted.n_variants_hit = 0 then 'no_variant'
            when counted.n_variants_hit = counted.n_variants_computed
                then 'every_variant'
            when 2 * counted.n_variants_hit > counted.n_variants_computed
                then 'most_variants'
            else 'some_variants'
        end as robustness,
        coalesce(counted.deviating_variants, '') as deviating_variants,
        counted.primary_log2fc,
        counted.lowest_log2fc,
        counted.highest_log2fc,
        counted.highest_log2fc - counted.lowest_log2fc as range_log2fc,
        counted.n_variants,
        counted.n_variants_computed,
        counted.n_variants_hit,
        counted.n_variants_hit / nullif(counted.n_variants_computed, 0) as hit_frac,
        counted.n_variants_same_sign / nullif(counted.n_variants_computed, 0)
            as same_sign_frac,
        counted.is_primary_hit,
        coalesce(
            counted.n_variants_computed > 0
            and counted.n_variants_same_sign = counted.n_variants_computed,
            false
        ) as is_sign_stable
    from counted
    inner join analytes
        on
            counted.study_id = analytes.study_id
            and counted.analyte_id = analytes.analyte_id
)

select * from judged
