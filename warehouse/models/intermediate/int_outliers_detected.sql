-- grain: study_id, array_id, detector_id
with

profiles as (select * from {{ ref('int_profiles_compared') }}),

controls as (select * from {{ ref('int_controls_compared') }}),

detectors as (select * from {{ ref('outlier_detectors') }}),

stacked_figures as (
    select
        study_id,
        batch_id,
        array_id,
        'profile' as detector_id,
        distance_log2 as observed
    from profiles
    union all
    select
        study_id,
        batch_id,
        array_id,
        'distribution' as detector_id,
        ks_statistic as observed
    from profiles
    union all
    select
        study_id,
        batch_id,
        array_id,
        'controls' as detector_id,
        control_shift_log2 as observed
    from controls
),

found_quartiles as (
    select
        study_id,
        batch_id,
        detector_id,
        median(observed) as middle,
        percentile_cont(0.25) within group (order by observed) as lower_quartile,
        percentile_cont(0.75) within group (order by observed) as upper_quartile,
        count(observed) as n_arrays
    from stacked_figures
    group by all
),

limited as (
    select
        figures.study_id,
        figures.array_id,
        figures.detector_id,
        figures.batch_id,
        figures.observed,
        case
            when quartiles.n_arrays >= detectors.min_arrays
                then
                    greatest(
                        quartiles.upper_quartile
                        + detectors.fence_iqr
                        * (quartiles.upper_quartile - quartiles.lower_quartile),
                        detectors.least_times_median * quartiles.middle,
                        detectors.least_limit
                    )
        end as outlier_limit,
        quartiles.n_arrays,
        detectors.min_arrays
    from stacked_figures as figures
    inner join detectors on figures.detector_id = detectors.detector_id
    inner join found_quartiles as quartiles
        on
            figures.study_id = quartiles.study_id
            and figures.batch_id = quartiles.batch_id
            and figures.detector_id = quartiles.detector_id
),

judged as (
    select
        study_id,
        array_id,
        detector_id,
        batch_id,
        observed,
        outlier_limit,
        n_arrays,
        coalesce(observed > outlier_limit, false) as is_outlier,
        case
            when observed is null and detector_id = 'controls'
                then 'no positive control was kept'
            when observed is null then 'no target of the array has a level'
            when outlier_limit is null
                then
                    'fewer than ' || cast(min_arrays as string)
                    || ' arrays of the batch can be compared'
            else ''
        end as outlier_reason
    from limited
)

select * from judged
