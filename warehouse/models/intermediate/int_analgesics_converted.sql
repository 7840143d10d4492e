-- grain: study_id, patient_id, visit
with

analgesics as (select * from {{ ref('stg_raw__analgesics') }}),

factors as (select * from {{ ref('int_opioid_factors_merged') }}),

-- whole numbers and decimals alone: sums of doubles depend on the order of the rows
converted as (
    select
        analgesics.study_id,
        analgesics.patient_id,
        analgesics.visit,
        cast(analgesics.dose as decimal(9, 2)) * cast(factors.factor as decimal(8, 4))
            as omed_mg,
        case
            when factors.factor is null and analgesics.dose <> 0
                then concat(analgesics.drug, ' ', analgesics.route)
        end as unconverted
    from analgesics
    left join factors
        on
            analgesics.study_id = factors.study_id
            and analgesics.drug = factors.drug
            and analgesics.route = factors.route
            and analgesics.dose_unit = factors.dose_unit
),

-- one drug without a factor, and the sum is not known; a dose of 0 needs none
added_up as (
    select
        study_id,
        patient_id,
        visit,
        case
            when count(unconverted) = 0
                then cast(coalesce(sum(omed_mg), 0) as decimal(9, 2))
        end as omed_mg,
        case
            when count(unconverted) > 0
                then concat('no factor for ', {{ joined_text('unconverted', ', ') }})
            else ''
        end as dose_reason
    from converted
    group by all
)

select * from added_up
