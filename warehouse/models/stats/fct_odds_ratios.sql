-- grain: study_id, analysis_id, method
with

results as (select * from {{ ref('stat_odds_ratios') }}),

listed as (
    select
        study_id,
        analysis_id,
        method,
        pairing,
        outcome,
        visit,
        event,
        event_text,
        numerator_group,
        denominator_group,
        zero_cell_rule,
        reason,
        odds_ratio,
        ci_low,
        ci_high,
        p_value,
        p_fisher,
        n_persons,
        n_missing,
        n_numerator,
        n_numerator_events,
        n_denominator,
        n_denominator_events,
        n_gained,
        n_lost,
        is_interval_consistent,
        is_primary,
        plan_hash
    from results
)

select * from listed
