-- grain: study_id, analysis_id, contrast_id, method, stratum, mode, bin_number
{% set n_bins = 20 %}

with

results as (select * from {{ ref('fct_test_results') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

listed_bins as (
    {% for number in range(n_bins) %}
        select
            {{ number + 1 }} as bin_number,
            {{ number }} / {{ n_bins }} as p_low,
            {{ number + 1 }} / {{ n_bins }} as p_high
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

kept_tested as (
    select
        results.*,
        least(cast(floor(results.p_value * {{ n_bins }}) as integer) + 1, {{ n_bins }})
            as bin_number
    from results
    inner join variants
        on
            results.study_id = variants.study_id
            and results.variant_id = variants.variant_id
    where results.p_value is not null
),

counted_tests as (
    select
        study_id,
        analysis_id,
        contrast_id,
        method,
        stratum,
        mode,
        is_primary,
        count(*) as n_tested
    from kept_tested
    group by all
),

counted_bins as (
    select
        study_id,
        analysis_id,
        contrast_id,
        method,
        stratum,
        mode,
        bin_number,
        count(*) as n_targets
    from kept_tested
    group by all
),

filled as (
    select
        tests.study_id,
        tests.analysis_id,
        tests.contrast_id,
        tests.method,
        tests.stratum,
        tests.mode,
        bins.bin_number,
        bins.p_low,
        bins.p_high,
        coalesce(counts.n_targets, 0) as n_targets,
        tests.n_tested,
        tests.n_tested / {{ n_bins }} as n_expected,
        tests.is_primary
    from counted_tests as tests
    cross join listed_bins as bins
    left join counted_bins as counts
        on
            tests.study_id = counts.study_id
            and tests.analysis_id = counts.analysis_id
            and tests.contrast_id = counts.contrast_id
            and tests.method = counts.method
            and tests.stratum = counts.stratum
            and tests.mode = counts.mode
            and bins.bin_number = counts.bin_number
)

select * from filled
