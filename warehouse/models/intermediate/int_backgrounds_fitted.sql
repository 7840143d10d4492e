-- grain: study_id, array_id
with

spots as (
    select *
    from {{ ref('stg_raw__spots') }}
    where {{ is_outdated_batch() }}
),

states as (select * from {{ ref('int_batch_states') }}),

samples as (select * from {{ ref('int_samples_released') }}),

kept_backgrounds as (
    select
        samples.study_id,
        samples.array_id,
        spots.batch_id,
        states.batch_state,
        spots.block,
        spots.spot_row,
        spots.spot_column,
        round(spots.x_um) as x_um,
        round(spots.y_um) as y_um,
        spots.background_afu
    from samples
    inner join spots
        on
            samples.study_id = spots.study_id
            and samples.array_id = spots.array_id
    inner join states
        on
            spots.study_id = states.study_id
            and spots.batch_id = states.batch_id
    where spots.background_afu is not null
),

found_middles as (
    select
        study_id,
        array_id,
        batch_id,
        batch_state,
        median(background_afu) as background_median_afu,
        count(*) as n_spots,
        count(x_um) = count(*) and count(y_um) = count(*) as has_centres,
        min(block) = max(block) as is_one_block
    from kept_backgrounds
    group by all
),

found_deviations as (
    select
        spots.study_id,
        spots.array_id,
        median(abs(spots.background_afu - middles.background_median_afu))
            as background_mad_afu
    from kept_backgrounds as spots
    inner join found_middles as middles
        on
            spots.study_id = middles.study_id
            and spots.array_id = middles.array_id
    group by all
),

-- A speck of dust counts as far as three robust deviations reach, in whole afu: sums of the
-- halves and wholes that are left are exact, and the same in whatever order rows come.
clipped as (
    select
        spots.study_id,
        spots.array_id,
        cast(
            case
                when middles.has_centres then spots.x_um
                when middles.is_one_block then spots.spot_column
            end as double
        ) as x,
        cast(
            case
                when middles.has_centres then spots.y_um
                when middles.is_one_block then spots.spot_row
            end as double
        ) as y,
        least(
            greatest(
                spots.background_afu,
                floor(
                    middles.background_median_afu
                    - 3e0 * 1.4826e0 * deviations.background_mad_afu
                )
            ),
            ceil(
                middles.background_median_afu
                + 3e0 * 1.4826e0 * deviations.background_mad_afu
            )
        ) as background_afu
    from kept_backgrounds as spots
    inner join found_middles as middles
        on
            spots.study_id = middles.study_id
            and spots.array_id = middles.array_id
    inner join found_deviations as deviations
        on
            spots.study_id = deviations.study_id
            and spots.array_id = deviations.array_id
),

summed as (
    select
        study_id,
        array_id,
        max(x) - min(x) as width,
        max(y) - min(y) as height,
        count(*) * sum(x * x) - sum(x) * sum(x) as xx,
        count(*) * sum(y * y) - sum(y) * sum(y) as yy,
        count(*) * sum(x * y) - sum(x) * sum(y) as xy,
        count(*) * sum(x * background_afu) - sum(x) * sum(background_afu) as xb,
        count(*) * sum(y * background_afu) - sum(y) * sum(background_afu) as yb
    from clipped
    where x is not null and y is not null
    group by all
),

-- spots of one row, or of one column, slope in one direction only
fitted as (
    select
        study_id,
        array_id,
        case
            when width > 0 and height > 0
                then
                    (
                        abs(xb * yy - yb * xy) * width
                        + abs(yb * xx - xb * xy) * height
                    ) / nullif(xx * yy - xy * xy, 0)
            when width > 0 then abs(xb) / xx * width
            when height > 0 then abs(yb) / yy * height
        end as background_rise_afu
    from summed
),

explained as (
    select
        middles.study_id,
        middles.array_id,
        middles.batch_id,
        middles.background_median_afu,
        case
            when middles.n_spots >= 10 and middles.background_median_afu > 0
                then fitted.background_rise_afu / middles.background_median_afu
        end as background_gradient_ratio,
        case
            when middles.n_spots < 10 then 'fewer than ten spots have a background'
            when not (middles.background_median_afu > 0)
                then 'the median background is not above 0'
            when fitted.array_id is null
                then 'several Blocks, and no centres of spots to place them by'
            when fitted.background_rise_afu is null then 'the spots lie on one line'
            else ''
        end as gradient_reason,
        middles.batch_state
    from found_middles as middles
    left join fitted
        on
            middles.study_id = fitted.study_id
            and middles.array_id = fitted.array_id
)

select * from explained
