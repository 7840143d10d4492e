-- grain: study_id, analysis_id, contrast_id, analyte_id, method
with

details as (select * from {{ ref('fct_test_details') }}),

variants as (
    select *
    from {{ ref('int_variants_selected') }}
    where is_primary_variant
),

pivoted as (
    select
        details.study_id,
        details.analysis_id,
        details.contrast_id,
        details.analyte_id,
        details.method,
        {% for quantity in [
            'mean_level_log2',
            'residual_variance',
            'residual_df',
            'prior_variance',
            'prior_df',
            'posterior_variance',
        ] %}
            max(details.quantity_value) filter (
                where details.quantity = '{{ quantity }}'
            ) as {{ quantity }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from details
    inner join variants
        on
            details.study_id = variants.study_id
            and details.variant_id = variants.variant_id
    where
        details.method in ('moderated_t', 'moderated_t_trend', 'moderated_t_robust')
        and details.stratum = ''
    group by all
),

rooted as (
    select
        study_id,
        analysis_id,
        contrast_id,
        analyte_id,
        method,
        mean_level_log2,
        sqrt(residual_variance) as residual_sd_log2,
        sqrt(prior_variance) as prior_sd_log2,
        sqrt(posterior_variance) as posterior_sd_log2,
        residual_df,
        prior_df
    from pivoted
)

select * from rooted
