-- grain: study_id, instrument_id, visit, counted_over, definition, denominator
with

rates as (select * from {{ ref('stat_response_rates') }}),

listed as (
    select
        study_id,
        instrument_id,
        visit,
        counted_over,
        definition,
        denominator,
        reason,
        responder_frac,
        ci_low_frac,
        ci_high_frac,
        n,
        n_responders
    from rates
)

select * from listed
