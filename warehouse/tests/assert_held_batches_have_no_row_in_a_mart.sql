-- A gate is data: what it did not let through must not show anywhere.
with

batches as (select * from {{ ref('dim_batches') }}),

samples as (select * from {{ ref('dim_samples') }}),

arrays as (select * from {{ ref('dim_arrays') }}),

measurements as (select * from {{ ref('fct_measurements') }}),

shown as (
    select distinct
        study_id,
        batch_id
    from samples
    union
    select distinct
        study_id,
        batch_id
    from arrays
    union
    select distinct
        study_id,
        batch_id
    from measurements
)

select shown.*
from shown
left join batches
    on
        shown.study_id = batches.study_id
        and shown.batch_id = batches.batch_id
where batches.is_released is not true
