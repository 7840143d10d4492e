-- grain: study_id, instrument_id
with

instruments as (select * from {{ source('raw', 'study_instruments') }}),

renamed as (
    select
        study_id,
        instrument_id,
        instrument_label,
        score_min,
        score_max,
        better_direction,
        mid_score,
        mid_frac,
        mid_source,
        coalesce(pain_kind, '') as pain_kind
    from instruments
)

select * from renamed
