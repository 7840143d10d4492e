-- grain: study_id, lot
with

samples as (select * from {{ ref('int_samples_released') }}),

partners as (select * from {{ ref('int_bridge_partners') }}),

factors as (select * from {{ ref('fct_bridging_factors') }}),

counted_samples as (
    select
        study_id,
        lot,
        {{ joined_text('batch_id') }} as batches,
        count(distinct slide_id) as n_slides,
        count(*) filter (where not is_bridge) as n_samples,
        count(*) filter (where is_bridge) as n_bridge_samples
    from samples
    where lot <> ''
    group by all
),

counted_factors as (
    select
        study_id,
        scope_id as lot,
        count(shift_log2fc) as n_targets_bridged,
        median(abs(shift_log2fc)) as median_abs_shift_log2fc
    from factors
    where scope = 'lot'
    group by all
),

described as (
    select
        counted.study_id,
        counted.lot,
        counted.batches,
        partners.against_id,
        case
            when partners.is_reference then 'reference'
            when partners.n_shared_serums >= 2 then 'estimable'
            else 'lot_effect_not_estimable'
        end as lot_effect,
        counted.n_slides,
        counted.n_samples,
        counted.n_bridge_samples,
        partners.n_shared_serums,
        coalesce(factors.n_targets_bridged, 0) as n_targets_bridged,
        factors.median_abs_shift_log2fc,
        partners.is_reference
    from counted_samples as counted
    inner join partners
        on
            counted.study_id = partners.study_id
            and partners.scope = 'lot'
            and counted.lot = partners.scope_id
    left join counted_factors as factors
        on
            counted.study_id = factors.study_id
            and counted.lot = factors.lot
)

select * from described
