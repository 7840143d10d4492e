-- grain: study_id, analysis_id, method
with

results as (select * from {{ ref('fct_odds_ratios') }}),

analyses as (select * from {{ ref('stg_raw__plan') }}),

instruments as (select * from {{ ref('int_instruments_merged') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

levels as (select * from {{ ref('dim_levels') }}),

worded_levels as (
    select
        study_id,
        characteristic_id,
        level,
        concat(characteristic, ' ', level_label) as words
    from levels
),

described as (
    select
        results.study_id,
        results.analysis_id,
        results.method,
        results.pairing,
        results.outcome,
        coalesce(instruments.instrument_label, results.outcome) as outcome_label,
        results.event,
        results.event_text,
        results.visit,
        coalesce(visits.visit_label, results.visit) as visit_label,
        coalesce(
            numerator_visits.visit_label,
            numerator_levels.words,
            results.numerator_group
        ) as numerator_label,
        coalesce(
            denominator_visits.visit_label,
            denominator_levels.words,
            results.denominator_group
        ) as denominator_label,
        coalesce(analyses.subset, '') as subset,
        analyses.status,
        results.zero_cell_rule,
        results.reason,
        results.odds_ratio,
        results.ci_low,
        results.ci_high,
        results.p_value,
        results.p_fisher,
        results.n_numerator_events / nullif(results.n_numerator, 0)
            as numerator_event_frac,
        results.n_denominator_events / nullif(results.n_denominator, 0)
            as denominator_event_frac,
        results.n_persons,
        results.n_missing,
        results.n_numerator,
        results.n_numerator_events,
        results.n_denominator,
        results.n_denominator_events,
        results.n_gained,
        results.n_lost,
        results.is_interval_consistent,
        results.is_primary
    from results
    inner join analyses
        on
            results.study_id = analyses.study_id
            and results.analysis_id = analyses.analysis_id
    left join instruments
        on
            results.study_id = instruments.study_id
            and results.outcome = instruments.instrument_id
    left join visits
        on
            results.study_id = visits.study_id
            and results.visit = visits.visit
    left join visits as numerator_visits
        on
            results.study_id = numerator_visits.study_id
            and results.numerator_group = numerator_visits.visit
            and results.pairing = 'patient'
    left join visits as denominator_visits
        on
            results.study_id = denominator_visits.study_id
            and results.denominator_group = denominator_visits.visit
            and results.pairing = 'patient'
    left join worded_levels as numerator_levels
        on
            results.study_id = numerator_levels.study_id
            and analyses.grouping = numerator_levels.characteristic_id
            and results.numerator_group = numerator_levels.level
            and results.pairing = 'independent'
    left join worded_levels as denominator_levels
        on
            results.study_id = denominator_levels.study_id
            and analyses.grouping = denominator_levels.characteristic_id
            and results.denominator_group = denominator_levels.level
            and results.pairing = 'independent'
)

select * from described
