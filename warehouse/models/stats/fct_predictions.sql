-- grain: study_id, analysis_id, analyte_id
with

results as (select * from {{ ref('stat_predictions') }}),

listed as (
    select
        study_id,
        analysis_id,
        analyte_id,
        variant_id,
        outcome,
        event,
        reason,
        sd_log2,
        odds_ratio,
        odds_ratio_ci_low,
        odds_ratio_ci_high,
        p_value,
        p_adjusted,
        auc,
        auc_ci_low,
        auc_ci_high,
        auc_p_value,
        auc_p_adjusted,
        selected_frac,
        coefficient,
        n_events,
        n_non_events,
        n_missing,
        is_selected,
        plan_hash
    from results
)

select * from listed
