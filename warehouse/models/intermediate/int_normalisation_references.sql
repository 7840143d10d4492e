-- grain: study_id, background_method, replicate_rule, normalisation_method, quantile_rank
with

frozen as (select * from {{ ref('stg_quality__frozen_reference_values') }}),

computed as (select * from {{ ref('int_references_computed') }}),

kept_in_force as (
    select
        frozen.study_id,
        frozen.background_method,
        frozen.replicate_rule,
        frozen.normalisation_method,
        frozen.quantile_rank,
        frozen.reference_id,
        frozen.reference_value,
        frozen.reference_value_unit,
        frozen.n_reference_arrays,
        true as is_frozen
    from frozen
    where frozen.is_in_force
),

listed_frozen as (
    select distinct
        study_id,
        background_method,
        replicate_rule,
        normalisation_method
    from kept_in_force
),

-- what was never frozen under this reference, such as a variant asked for later; quantiles are
-- frozen together: a rank that a longer panel adds belongs to another function
kept_not_frozen as (
    select
        computed.study_id,
        computed.background_method,
        computed.replicate_rule,
        computed.normalisation_method,
        computed.quantile_rank,
        computed.reference_id,
        computed.reference_value,
        computed.reference_value_unit,
        computed.n_reference_arrays,
        false as is_frozen
    from computed
    left join listed_frozen as frozen
        on
            computed.study_id = frozen.study_id
            and computed.background_method = frozen.background_method
            and computed.replicate_rule = frozen.replicate_rule
            and computed.normalisation_method = frozen.normalisation_method
    where frozen.study_id is null
),

stacked as (
    select * from kept_in_force
    union all
    select * from kept_not_frozen
)

select * from stacked
