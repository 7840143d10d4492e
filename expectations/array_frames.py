"""Frames of arrays as measurements: serum arrays one by one, empty Blocks counted.

Empty Blocks are scanned but carry no serum and reach no mart. They are judged for structure
(spots, targets, intensities) and left out of everything that serum or labelling decides: flags,
saturation, controls, background, signal, duplicate CV. They are asked one question of their own:
whether they are dark.
"""

from __future__ import annotations

from expectations.spot_base import SPOTS_OF_BATCH

SERUM_ARRAYS_SQL = f"""
with {SPOTS_OF_BATCH},

on_serum as (
    select *, flag >= 0 and not is_saturated as is_kept
    from spots
    where array_uid in (select array_uid from sheet where group_code <> 'empty')
),

targets as (
    select
        array_uid,
        target_kind,
        target_order,
        median(net_afu) filter (where flag >= 0) as median_net_afu,
        bool_and(is_saturated) as is_saturated,
        avg(net_afu) filter (where is_kept) as mean_net_afu,
        stddev_samp(net_afu) filter (where is_kept) as sd_net_afu
    from on_serum
    group by array_uid, target_id, target_kind, target_order
),

levels as (
    select
        array_uid,
        min(median_net_afu) filter (where target_kind = 'positive_control') as least_pos_afu,
        median(mean_net_afu) filter (where target_kind = 'analyte') as signal_afu,
        median(sd_net_afu / mean_net_afu)
            filter (where target_kind = 'analyte' and mean_net_afu > 0) as cv_frac
    from targets
    group by array_uid
),

blanks as (
    select
        array_uid,
        median(net_afu) as neg_afu,
        median(net_afu) + 3.3 * 1.4826 * mad(net_afu) as detection_limit_afu
    from on_serum
    where target_kind in ('negative_control', 'blank') and flag >= 0
    group by array_uid
),

-- positive controls stand in the panel's list in falling amounts; between two at the scanner's
-- ceiling the step cannot be seen, and saturation has a rule of its own
steps as (
    select
        array_uid,
        case
            when is_saturated and lag(is_saturated) over falling then 65535
            else lag(median_net_afu) over falling - median_net_afu
        end as step_afu
    from targets
    where target_kind = 'positive_control'
    window falling as (partition by array_uid order by target_order)
),

least_steps as (select array_uid, min(step_afu) as step_afu from steps group by array_uid),

-- the plane of the background, as the warehouse fits it (int_backgrounds_fitted)
middles as (
    select
        array_uid,
        median(background_median_afu) as middle_afu,
        3 * 1.4826 * mad(background_median_afu) as reach_afu,
        count(*) = count(x_um) and count(*) = count(y_um) as has_centres,
        min(block) = max(block) as is_one_block
    from on_serum
    where background_median_afu is not null
    group by array_uid
),

clipped as (
    select
        s.array_uid,
        if(m.has_centres, round(s.x_um), if(m.is_one_block, s.spot_column, null)) as x,
        if(m.has_centres, round(s.y_um), if(m.is_one_block, s.spot_row, null)) as y,
        least(
            greatest(s.background_median_afu, floor(m.middle_afu - m.reach_afu)),
            ceil(m.middle_afu + m.reach_afu)
        ) as b,
        m.middle_afu
    from on_serum as s
    inner join middles as m on s.array_uid = m.array_uid
    where s.background_median_afu is not null
),

sums as (
    select
        array_uid,
        max(middle_afu) as middle_afu,
        count(*) as n,
        max(x) - min(x) as width,
        max(y) - min(y) as height,
        n * sum(x * x) - sum(x) * sum(x) as xx,
        n * sum(y * y) - sum(y) * sum(y) as yy,
        n * sum(x * y) - sum(x) * sum(y) as xy,
        n * sum(x * b) - sum(x) * sum(b) as xb,
        n * sum(y * b) - sum(y) * sum(b) as yb
    from clipped
    where x is not null and y is not null
    group by array_uid
),

gradients as (
    select
        array_uid,
        case
            when width > 0 and height > 0 then
                (abs(xb * yy - yb * xy) * width + abs(yb * xx - xb * xy) * height)
                / nullif(xx * yy - xy * xy, 0)
            when width > 0 then abs(xb) / xx * width
            when height > 0 then abs(yb) / yy * height
        end / middle_afu as gradient_ratio
    from sums
    where n >= 10 and middle_afu > 0
),

shares as (
    select
        array_uid,
        avg((flag < 0)::double) as flagged_frac,
        avg(is_saturated::double) filter (where target_kind = 'analyte') as saturated_frac,
        median(background_median_afu) as background_afu
    from on_serum
    group by array_uid
)

select
    levels.array_uid as uid,
    shares.flagged_frac,
    shares.saturated_frac,
    shares.background_afu,
    coalesce(gradients.gradient_ratio, 0) as gradient_ratio,
    levels.least_pos_afu - blanks.detection_limit_afu as pos_above_neg_afu,
    least_steps.step_afu as pos_step_afu,
    blanks.neg_afu / nullif(levels.signal_afu, 0) as neg_to_signal_frac,
    levels.signal_afu,
    levels.cv_frac
from levels
inner join shares on levels.array_uid = shares.array_uid
left join gradients on levels.array_uid = gradients.array_uid
left join blanks on levels.array_uid = blanks.array_uid
left join least_steps on levels.array_uid = least_steps.array_uid
order by levels.array_uid
"""

EMPTY_ARRAYS_SQL = f"""
with {SPOTS_OF_BATCH},

signals as (
    select
        array_uid,
        median(net_afu) as signal_afu,
        array_uid not in (
            select array_uid from sheet where group_code <> 'empty' and array_uid is not null
        ) as is_empty
    from spots
    where target_kind = 'analyte'
        and array_uid in (select array_uid from sheet)
    group by array_uid
),

serum as (select median(signal_afu) as signal_afu from signals where not is_empty)

select
    'batch' as uid,
    count(*) filter (where is_empty) as n_empty,
    count(*) filter (where is_empty and signals.signal_afu >= serum.signal_afu / 2) as n_bright
from signals
cross join serum
"""
