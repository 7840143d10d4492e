-- grain: study_id, array_id
{% set metrics = [
    'saturated_frac', 'flagged_frac', 'cv_median_frac', 'below_lod_frac'
] %}

with

arrays as (select * from {{ ref('int_arrays_assessed') }}),

limits as (select * from {{ ref('array_quality_limits') }}),

stacked_metrics as (
    {% for metric in metrics %}
        select
            study_id,
            array_id,
            '{{ metric }}' as metric,
            {{ metric }} as observed
        from arrays
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

compared as (
    select
        stacked_metrics.study_id,
        stacked_metrics.array_id,
        limits.metric_label || ' ' || {{ percent_text('stacked_metrics.observed') }}
        || ' %' as finding,
        stacked_metrics.observed > limits.poor_limit as is_poor
    from stacked_metrics
    inner join limits on stacked_metrics.metric = limits.metric
    where stacked_metrics.observed > limits.watch_limit
    union all
    select
        study_id,
        array_id,
        'no target of the array has a level' as finding,
        true as is_poor
    from arrays
    where n_levels = 0
    union all
    select
        study_id,
        array_id,
        'positive controls not above negative controls' as finding,
        true as is_poor
    from arrays
    where positive_control_mean_afu <= negative_control_median_afu
),

collected_findings as (
    select
        study_id,
        array_id,
        {{ joined_text('finding', '; ') }} as findings,
        count(*) filter (where is_poor) as n_poor
    from compared
    group by all
),

judged as (
    select
        arrays.study_id,
        arrays.array_id,
        arrays.sample_id,
        arrays.batch_id,
        case
            when findings.array_id is null then 'ok'
            when findings.n_poor > 0 then 'poor'
            else 'watch'
        end as verdict,
        coalesce(findings.findings, '') as verdict_reason,
        arrays.background_median_afu,
        arrays.negative_control_median_afu,
        arrays.positive_control_mean_afu,
        arrays.saturated_frac,
        arrays.flagged_frac,
        arrays.cv_median_frac,
        arrays.below_lod_frac,
        arrays.n_positive_control_spots,
        arrays.is_excluded
    from arrays
    left join collected_findings as findings
        on
            arrays.study_id = findings.study_id
            and arrays.array_id = findings.array_id
)

select * from judged
