-- grain: study_id, drug, route, dose_unit
with

studies as (select * from {{ ref('stg_raw__studies') }}),

own_factors as (select * from {{ ref('stg_raw__opioids') }}),

shipped as (select * from {{ ref('opioid_factors') }}),

kept_shipped as (
    select
        studies.study_id,
        shipped.drug,
        shipped.route,
        shipped.dose_unit,
        shipped.factor,
        shipped.factor_source
    from studies
    cross join shipped
    left join own_factors
        on
            studies.study_id = own_factors.study_id
            and shipped.drug = own_factors.drug
            and shipped.route = own_factors.route
            and shipped.dose_unit = own_factors.dose_unit
    where own_factors.study_id is null
),

merged as (
    select * from own_factors
    union all
    select * from kept_shipped
)

select * from merged
