-- grain: study_id, array_id, background_method, replicate_rule
with

replicates as (select * from {{ ref('int_replicates_averaged') }}),

arrays as (select * from {{ ref('int_arrays_scanned') }}),

samples as (select * from {{ ref('int_samples_released') }}),

found_medians as (
    select
        replicates.study_id,
        replicates.array_id,
        replicates.background_method,
        replicates.replicate_rule,
        samples.sample_id,
        arrays.batch_id,
        median(replicates.net_afu) as array_median_afu,
        count(replicates.net_afu) as n_analytes
    from replicates
    inner join arrays
        on
            replicates.study_id = arrays.study_id
            and replicates.array_id = arrays.array_id
    inner join samples
        on
            replicates.study_id = samples.study_id
            and replicates.array_id = samples.array_id
    where replicates.target_kind = 'analyte'
    group by all
)

select * from found_medians
