-- grain: study_id, array_id
{% set detector_ids = ['profile', 'distribution', 'controls'] %}
{% set metrics = [
    'saturated_frac', 'flagged_frac', 'cv_median_frac', 'below_lod_frac',
    'background_gradient_ratio', 'control_separation_log2'
] %}

with

arrays as (select * from {{ ref('int_arrays_assessed') }}),

limits as (select * from {{ ref('array_quality_limits') }}),

outliers as (select * from {{ ref('int_outliers_detected') }}),

detectors as (select * from {{ ref('outlier_detectors') }}),

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

detected as (
    select
        study_id,
        array_id,
        {% for detector in detector_ids %}
            max(observed) filter (where detector_id = '{{ detector }}')
                as {{ detector }}_observed,
            max(outlier_limit) filter (where detector_id = '{{ detector }}')
                as {{ detector }}_limit,
            count(*) filter (where detector_id = '{{ detector }}' and is_outlier) > 0
                as is_{{ detector }}_outlier,
        {% endfor %}
        count(*) filter (where is_outlier) as n_outliers,
        count(*) filter (where outlier_reason = '') as n_detectors,
        {{ joined_text("detector_id || ': ' || nullif(outlier_reason, '')", '; ') }}
            as outlier_reason
    from outliers
    group by all
),

compared as (
    select
        stacked_metrics.study_id,
        stacked_metrics.array_id,
        limits.metric_label || ' '
        || case
            when limits.unit = '%' then {{ percent_text('stacked_metrics.observed') }}
            else {{ decimal_text('stacked_metrics.observed') }}
        end
        || ' ' || limits.unit as finding,
        case
            when limits.worse_side = 'below'
                then stacked_metrics.observed < limits.poor_limit
            else stacked_metrics.observed > limits.poor_limit
        end as is_poor
    from stacked_metrics
    inner join limits on stacked_metrics.metric = limits.metric
    where
        (
            limits.worse_side = 'above'
            and stacked_metrics.observed > limits.watch_limit
        )
        or (
            limits.worse_side = 'below'
            and stacked_metrics.observed < limits.watch_limit
        )
    union all
    select
        outliers.study_id,
        outliers.array_id,
        detectors.finding_label || ' ' || {{ decimal_text('outliers.observed') }}
        || case when detectors.unit is null then '' else ' ' || detectors.unit end
        || ' (limit ' || {{ decimal_text('outliers.outlier_limit') }} || ')'
            as finding,
        detected.n_outliers > 1 as is_poor
    from outliers
    inner join detectors on outliers.detector_id = detectors.detector_id
    inner join detected
        on
            outliers.study_id = detected.study_id
            and outliers.array_id = detected.array_id
    where outliers.is_outlier
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
    where
        control_separation_log2 is null
        and (
            is_control_failed
            or positive_control_mean_afu <= negative_control_median_afu
        )
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
        arrays.background_gradient_ratio,
        arrays.gradient_reason,
        arrays.negative_control_median_afu,
        arrays.positive_control_mean_afu,
        arrays.weakest_positive_afu as weakest_positive_control_afu,
        arrays.control_separation_log2,
        arrays.separation_reason,
        arrays.saturated_frac,
        arrays.flagged_frac,
        arrays.cv_median_frac,
        arrays.below_lod_frac,
        detected.profile_observed as distance_log2,
        detected.profile_limit as distance_limit_log2,
        detected.distribution_observed as ks_statistic,
        detected.distribution_limit as ks_limit,
        detected.controls_observed as control_shift_log2,
        detected.controls_limit as control_shift_limit_log2,
        case
            when detected.n_outliers > 0 then 'apart'
            when detected.n_detectors > 0 then 'alike'
        end as outlier_verdict,
        detected.outlier_reason,
        arrays.n_positive_control_spots,
        detected.n_outliers as n_outlier_detectors,
        detected.is_profile_outlier,
        detected.is_distribution_outlier,
        detected.is_controls_outlier,
        arrays.is_excluded
    from arrays
    inner join detected
        on
            arrays.study_id = detected.study_id
            and arrays.array_id = detected.array_id
    left join collected_findings as findings
        on
            arrays.study_id = findings.study_id
            and arrays.array_id = findings.array_id
)

select * from judged
