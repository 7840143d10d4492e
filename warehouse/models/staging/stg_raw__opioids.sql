-- grain: study_id, drug, route, dose_unit
with

opioids as (select * from {{ source('raw', 'study_opioids') }}),

listed as (
    select
        study_id,
        drug,
        route,
        dose_unit,
        factor,
        factor_source
    from opioids
)

select * from listed
