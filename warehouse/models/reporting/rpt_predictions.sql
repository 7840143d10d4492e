-- grain: study_id, analysis_id, analyte_id
with

predictions as (select * from {{ ref('fct_predictions') }}),

models as (select * from {{ ref('fct_prediction_models') }}),

analyses as (select * from {{ ref('stg_raw__plan') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

attributes as (select * from {{ ref('stg_raw__attributes') }}),

-- attributes that are declared have words for their values
named_events as (
    select
        study_id,
        attribute_id,
        level as event,
        level_label as event_label
    from attributes
),

told as (
    select
        predictions.study_id,
        predictions.analysis_id,
        predictions.analyte_id,
        analytes.analyte_name,
        predictions.outcome,
        predictions.event,
        coalesce(named_events.event_label, predictions.event) as event_label,
        models.label,
        case
            when predictions.odds_ratio > 1 then 'higher'
            when predictions.odds_ratio < 1 then 'lower'
            when predictions.odds_ratio is not null then 'same'
            else 'not_computed'
        end as direction,
        predictions.reason,
        predictions.odds_ratio,
        predictions.odds_ratio_ci_low,
        predictions.odds_ratio_ci_high,
        predictions.p_value,
        predictions.p_adjusted,
        predictions.auc,
        predictions.auc_ci_low,
        predictions.auc_ci_high,
        predictions.selected_frac,
        predictions.coefficient,
        predictions.n_events,
        predictions.n_non_events,
        predictions.n_missing,
        predictions.is_selected,
        coalesce(predictions.p_adjusted < analyses.alpha, false) as is_hit
    from predictions
    inner join models
        on
            predictions.study_id = models.study_id
            and predictions.analysis_id = models.analysis_id
    inner join analyses
        on
            predictions.study_id = analyses.study_id
            and predictions.analysis_id = analyses.analysis_id
    inner join analytes
        on
            predictions.study_id = analytes.study_id
            and predictions.analyte_id = analytes.analyte_id
    left join named_events
        on
            predictions.study_id = named_events.study_id
            and predictions.outcome = named_events.attribute_id
            and predictions.event = named_events.event
)

select * from told
