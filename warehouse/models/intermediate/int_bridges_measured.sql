-- grain: study_id, sample_id
with

samples as (select * from {{ ref('int_samples_released') }}),

found_serums as (
    select distinct
        study_id,
        bridge_id
    from samples
    where is_bridge
),

-- the first measurement of a serum is a sample of a group, the later ones name it
matched as (
    select
        samples.study_id,
        samples.sample_id,
        serums.bridge_id,
        samples.array_id,
        samples.batch_id,
        samples.lot,
        samples.is_bridge
    from samples
    inner join found_serums as serums
        on
            samples.study_id = serums.study_id
            and coalesce(samples.bridge_id, samples.sample_id) = serums.bridge_id
    where not samples.is_excluded
)

select * from matched
