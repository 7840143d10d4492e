-- grain: study_id, batch_id
with

batches as (select * from {{ ref('int_batches_released') }}),

samples as (select * from {{ ref('stg_raw__samples') }}),

arrays as (select * from {{ ref('int_arrays_scanned') }}),

counted_samples as (
    select
        study_id,
        batch_id,
        {{ joined_text('lot') }} as lots,
        count(*) filter (where not is_empty and not is_bridge) as n_samples,
        count(*) filter (where is_bridge) as n_bridge_samples
    from samples
    group by all
),

counted_arrays as (
    select
        study_id,
        batch_id,
        count(distinct slide_id) as n_slides,
        count(*) as n_arrays
    from arrays
    group by all
),

described as (
    select
        batches.study_id,
        batches.batch_id,
        coalesce(samples.lots, '') as lots,
        batches.gate_status,
        batches.failed_rules,
        coalesce(arrays.n_slides, 0) as n_slides,
        coalesce(arrays.n_arrays, 0) as n_arrays,
        coalesce(samples.n_samples, 0) as n_samples,
        coalesce(samples.n_bridge_samples, 0) as n_bridge_samples,
        batches.n_rules_failed,
        batches.is_released
    from batches
    left join counted_samples as samples
        on
            batches.study_id = samples.study_id
            and batches.batch_id = samples.batch_id
    left join counted_arrays as arrays
        on
            batches.study_id = arrays.study_id
            and batches.batch_id = arrays.batch_id
)

select * from described
