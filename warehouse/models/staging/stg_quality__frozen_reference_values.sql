-- grain: study_id, reference_id, background_method, replicate_rule, normalisation_method, quantile_rank
with

frozen_values as (select * from {{ source('quality', 'frozen_reference_values') }}),

decisions as (select * from {{ ref('stg_quality__frozen_references') }}),

marked as (
    select
        frozen_values.study_id,
        frozen_values.reference_id,
        frozen_values.background_method,
        frozen_values.replicate_rule,
        frozen_values.normalisation_method,
        frozen_values.quantile_rank,
        frozen_values.reference_value,
        frozen_values.reference_value_unit,
        frozen_values.n_reference_arrays,
        decisions.is_in_force
    from frozen_values
    inner join decisions
        on
            frozen_values.study_id = decisions.study_id
            and frozen_values.reference_id = decisions.reference_id
)

select * from marked
