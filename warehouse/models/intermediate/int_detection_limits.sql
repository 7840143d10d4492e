-- grain: study_id, array_id, background_method
with

spots as (select * from {{ ref('int_spots_background_subtracted') }}),

arrays as (
    select distinct
        study_id,
        array_id,
        slide_id,
        background_method,
        sample_id
    from {{ ref('int_spots_background_subtracted') }}
),

kept_blanks as (
    select
        study_id,
        array_id,
        slide_id,
        background_method,
        sample_id,
        net_afu
    from spots
    where is_kept and target_kind in ('negative_control', 'blank')
),

counted_on_array as (
    select
        study_id,
        array_id,
        background_method,
        count(*) as n_blanks
    from kept_blanks
    group by all
),

chosen_pool as (
    select
        arrays.study_id,
        arrays.array_id,
        arrays.slide_id,
        arrays.background_method,
        case when coalesce(counted.n_blanks, 0) >= 10 then 'array' else 'slide' end
            as lod_pool
    from arrays
    left join counted_on_array as counted
        on
            arrays.study_id = counted.study_id
            and arrays.array_id = counted.array_id
            and arrays.background_method = counted.background_method
),

collected_blanks as (
    select
        chosen_pool.study_id,
        chosen_pool.array_id,
        chosen_pool.background_method,
        kept_blanks.net_afu
    from chosen_pool
    inner join kept_blanks
        on
            chosen_pool.study_id = kept_blanks.study_id
            and chosen_pool.slide_id = kept_blanks.slide_id
            and chosen_pool.background_method = kept_blanks.background_method
    where
        chosen_pool.array_id = kept_blanks.array_id
        or (chosen_pool.lod_pool = 'slide' and kept_blanks.sample_id is not null)
),

found_medians as (
    select
        study_id,
        array_id,
        background_method,
        median(net_afu) as blank_median_afu,
        count(*) as n_blanks
    from collected_blanks
    group by all
),

found_deviations as (
    select
        blanks.study_id,
        blanks.array_id,
        blanks.background_method,
        median(abs(blanks.net_afu - medians.blank_median_afu)) as blank_mad_afu
    from collected_blanks as blanks
    inner join found_medians as medians
        on
            blanks.study_id = medians.study_id
            and blanks.array_id = medians.array_id
            and blanks.background_method = medians.background_method
    group by all
),

limited as (
    select
        chosen_pool.study_id,
        chosen_pool.array_id,
        chosen_pool.background_method,
        'median + 3.3 x 1.4826 x MAD' as lod_rule,
        chosen_pool.lod_pool,
        medians.blank_median_afu,
        deviations.blank_mad_afu,
        case
            when medians.n_blanks >= 2
                then
                    medians.blank_median_afu
                    + 3.3e0 * 1.4826e0 * deviations.blank_mad_afu
        end as lod_afu,
        coalesce(medians.n_blanks, 0) as n_blanks,
        case
            when medians.n_blanks >= 2 then ''
            else 'fewer than two blank spots on the slide'
        end as lod_reason
    from chosen_pool
    left join found_medians as medians
        on
            chosen_pool.study_id = medians.study_id
            and chosen_pool.array_id = medians.array_id
            and chosen_pool.background_method = medians.background_method
    left join found_deviations as deviations
        on
            chosen_pool.study_id = deviations.study_id
            and chosen_pool.array_id = deviations.array_id
            and chosen_pool.background_method = deviations.background_method
)

select * from limited
