-- grain: study_id, analysis_id, curve, point_number
with

results as (select * from {{ ref('stat_prediction_curves') }}),

listed as (
    select
        study_id,
        analysis_id,
        curve,
        point_number,
        variant_id,
        x_value,
        y_value,
        n_persons,
        plan_hash
    from results
)

select * from listed
