-- grain: study_id, instrument_id
with

instruments as (select * from {{ source('raw', 'study_instruments') }}),

renamed as (
    select
        study_id,
        instrument_id,
        instrument_label,
        better_direction,
        mid_score,
        mid_frac,
        mid_source
    from instruments
)

select * from renamed
