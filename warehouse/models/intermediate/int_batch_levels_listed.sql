-- grain: study_id, array_id, target_id, background_method, replicate_rule, normalisation_method
with

replicates as (select * from {{ ref('int_replicates_averaged') }}),

samples as (select * from {{ ref('int_samples_released') }}),

states as (select * from {{ ref('int_level_states') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_rules as (
    select distinct
        study_id,
        background_method,
        replicate_rule,
        normalisation_method
    from variants
    where normalisation_method in ('cyclic_loess', 'vsn')
),

placed_in_batches as (
    select
        replicates.study_id,
        samples.batch_id,
        replicates.array_id,
        replicates.target_id,
        replicates.background_method,
        replicates.replicate_rule,
        rules.normalisation_method,
        replicates.net_afu,
        states.batch_state
    from replicates
    inner join samples
        on
            replicates.study_id = samples.study_id
            and replicates.array_id = samples.array_id
    inner join states
        on
            samples.study_id = states.study_id
            and samples.batch_id = states.batch_id
    inner join listed_rules as rules
        on
            replicates.study_id = rules.study_id
            and replicates.background_method = rules.background_method
            and replicates.replicate_rule = rules.replicate_rule
    where replicates.target_kind = 'analyte'
)

select * from placed_in_batches
