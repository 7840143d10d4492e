-- grain: study_id, instrument_id, visit, counted_over, definition
{% set definitions = {
    'consensus': 'response',
    'literal': 'response_literal',
    'pain_only': 'pain_only_response',
} %}

with

responses as (
    select *
    from {{ ref('fct_pain_responses') }}
    where cohort = 'patient'
),

rates as (select * from {{ ref('fct_response_rates') }}),

visits as (select * from {{ ref('stg_raw__visits') }}),

instruments as (select * from {{ ref('int_instruments_merged') }}),

counted as (
    select
        *,
        'persons' as counted_over
    from responses
    where is_index_site
    union all
    select
        *,
        'sites' as counted_over
    from responses
    where site_id <> ''
),

labelled as (
    {% for definition, label in definitions.items() %}
        select
            study_id,
            instrument_id,
            visit,
            counted_over,
            '{{ definition }}' as definition,
            timing,
            pain_kind,
            is_response_instrument,
            {% if definition == 'pain_only' %}
                replace({{ label }}, 'pain_only_', '') as label,
            {% else %}
                case
                    when {{ label }} like 'pain_only_%' then 'dose_unknown'
                    else {{ label }}
                end as label,
            {% endif %}
            not_evaluable_because,
            is_pain_up_after_dose_cut
        from counted
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

tallied as (
    select
        study_id,
        instrument_id,
        visit,
        counted_over,
        definition,
        min(pain_kind) as pain_kind,
        case when min(timing) = max(timing) then min(timing) else 'mixed' end as timing,
        count(*) as n,
        count(*) filter (where label = 'complete') as n_complete,
        count(*) filter (where label = 'partial') as n_partial,
        count(*) filter (where label = 'progression') as n_progression,
        count(*) filter (where label = 'indeterminate') as n_indeterminate,
        count(*) filter (where label = 'gap') as n_gap,
        count(*) filter (where label = 'dose_unknown') as n_dose_unknown,
        count(*) filter (where not_evaluable_because = 'no_baseline') as n_no_baseline,
        count(*) filter (where not_evaluable_because = 'low_baseline')
            as n_low_baseline,
        count(*) filter (where not_evaluable_because = 'reirradiated')
            as n_reirradiated,
        count(*) filter (where not_evaluable_because = 'no_follow_up')
            as n_no_follow_up,
        count(*) filter (where is_pain_up_after_dose_cut) as n_pain_up_after_dose_cut,
        max(case when is_response_instrument then 1 else 0 end) = 1
            as is_response_instrument
    from labelled
    group by all
),

described as (
    select
        tallied.study_id,
        tallied.instrument_id,
        tallied.visit,
        tallied.counted_over,
        tallied.definition,
        coalesce(instruments.instrument_label, tallied.instrument_id)
            as instrument_label,
        visits.visit_label,
        visits.visit_order,
        tallied.pain_kind,
        tallied.timing,
        everybody.reason,
        everybody.responder_frac,
        everybody.ci_low_frac,
        everybody.ci_high_frac,
        evaluable.responder_frac as evaluable_responder_frac,
        evaluable.ci_low_frac as evaluable_ci_low_frac,
        evaluable.ci_high_frac as evaluable_ci_high_frac,
        tallied.n,
        evaluable.n as n_evaluable,
        everybody.n_responders,
        tallied.n_complete,
        tallied.n_partial,
        tallied.n_progression,
        tallied.n_indeterminate,
        tallied.n_gap,
        tallied.n_dose_unknown,
        tallied.n_no_baseline,
        tallied.n_low_baseline,
        tallied.n_reirradiated,
        tallied.n_no_follow_up,
        tallied.n_pain_up_after_dose_cut,
        tallied.is_response_instrument
    from tallied
    inner join visits
        on
            tallied.study_id = visits.study_id
            and tallied.visit = visits.visit
    left join instruments
        on
            tallied.study_id = instruments.study_id
            and tallied.instrument_id = instruments.instrument_id
    left join rates as everybody
        on
            tallied.study_id = everybody.study_id
            and tallied.instrument_id = everybody.instrument_id
            and tallied.visit = everybody.visit
            and tallied.counted_over = everybody.counted_over
            and tallied.definition = everybody.definition
            and everybody.denominator = 'intention_to_treat'
    left join rates as evaluable
        on
            tallied.study_id = evaluable.study_id
            and tallied.instrument_id = evaluable.instrument_id
            and tallied.visit = evaluable.visit
            and tallied.counted_over = evaluable.counted_over
            and tallied.definition = evaluable.definition
            and evaluable.denominator = 'evaluable'
)

select * from described
