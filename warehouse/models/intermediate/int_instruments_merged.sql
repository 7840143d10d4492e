-- grain: study_id, instrument_id
with

studies as (select * from {{ ref('stg_raw__studies') }}),

study_instruments as (select * from {{ ref('stg_raw__instruments') }}),

shipped as (select * from {{ ref('instruments') }}),

kept_shipped as (
    select
        studies.study_id,
        shipped.instrument_id,
        shipped.instrument_label,
        shipped.score_min,
        shipped.score_max,
        shipped.better_direction,
        shipped.mid_score,
        shipped.mid_frac,
        shipped.mid_source,
        coalesce(shipped.pain_kind, '') as pain_kind
    from studies
    cross join shipped
    left join study_instruments
        on
            studies.study_id = study_instruments.study_id
            and shipped.instrument_id = study_instruments.instrument_id
    where study_instruments.instrument_id is null
),

merged as (
    select * from study_instruments
    union all
    select * from kept_shipped
)

select * from merged
