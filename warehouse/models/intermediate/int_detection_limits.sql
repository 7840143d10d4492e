-- grain: study_id, array_id, background_method, lod_rule
with

spots as (
    select *
    from {{ ref('int_spots_background_subtracted') }}
    where {{ is_outdated_batch() }}
),

arrays as (
    select distinct
        study_id,
        array_id,
        slide_id,
        background_method,
        sample_id,
        batch_id,
        batch_state
    from spots
),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_rules as (
    select distinct
        study_id,
        background_method,
        lod_rule
    from variants
    where lod_rule <> 'not_applicable'
),

kept_blanks as (
    select
        study_id,
        array_id,
        slide_id,
        background_method,
        sample_id,
        net_afu,
        {{ safe_log2('net_afu') }} as net_log2
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
        arrays.batch_id,
        arrays.batch_state,
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
        kept_blanks.net_afu,
        kept_blanks.net_log2
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

measured_blanks as (
    select
        study_id,
        array_id,
        background_method,
        median(net_afu) as blank_median_afu,
        {{ ordered_mean('net_afu') }} as blank_mean_afu,
        {{ ordered_sd('net_afu') }} as blank_sd_afu,
        case when min(net_afu) > 0 then median(net_log2) end as blank_median_log2,
        case when min(net_afu) > 0 then {{ ordered_sd('net_log2') }} end
            as blank_sd_log2,
        count(*) as n_blanks
    from collected_blanks
    group by all
),

found_deviations as (
    select
        blanks.study_id,
        blanks.array_id,
        blanks.background_method,
        median(abs(blanks.net_afu - measured.blank_median_afu)) as blank_mad_afu
    from collected_blanks as blanks
    inner join measured_blanks as measured
        on
            blanks.study_id = measured.study_id
            and blanks.array_id = measured.array_id
            and blanks.background_method = measured.background_method
    group by all
),

joined as (
    select
        chosen_pool.study_id,
        chosen_pool.array_id,
        chosen_pool.background_method,
        rules.lod_rule,
        chosen_pool.batch_id,
        chosen_pool.batch_state,
        chosen_pool.lod_pool,
        measured.blank_median_afu,
        deviations.blank_mad_afu,
        measured.blank_mean_afu,
        measured.blank_sd_afu,
        measured.blank_median_log2,
        measured.blank_sd_log2,
        coalesce(measured.n_blanks, 0) as n_blanks
    from chosen_pool
    inner join listed_rules as rules
        on
            chosen_pool.study_id = rules.study_id
            and chosen_pool.background_method = rules.background_method
    left join measured_blanks as measured
        on
            chosen_pool.study_id = measured.study_id
            and chosen_pool.array_id = measured.array_id
            and chosen_pool.background_method = measured.background_method
    left join found_deviations as deviations
        on
            chosen_pool.study_id = deviations.study_id
            and chosen_pool.array_id = deviations.array_id
            and chosen_pool.background_method = deviations.background_method
),

limited as (
    select
        study_id,
        array_id,
        background_method,
        lod_rule,
        batch_id,
        lod_pool,
        blank_median_afu,
        blank_mad_afu,
        blank_mean_afu,
        blank_sd_afu,
        blank_median_log2,
        blank_sd_log2,
        case
            when n_blanks < 2 then null
            when lod_rule = 'median_mad'
                then blank_median_afu + 3.3e0 * 1.4826e0 * blank_mad_afu
            when lod_rule = 'mean_2sd' then blank_mean_afu + 2e0 * blank_sd_afu
            when lod_rule = 'olink'
                then
                    power(
                        2e0,
                        blank_median_log2 + greatest(0.2e0, 3e0 * blank_sd_log2)
                    )
        end as lod_afu,
        n_blanks,
        case
            when n_blanks < 2 then 'fewer than two blank spots on the slide'
            when lod_rule = 'olink' and blank_median_log2 is null
                then 'a blank spot is not above 0 and has no log2'
            else ''
        end as lod_reason,
        batch_state
    from joined
)

select * from limited
