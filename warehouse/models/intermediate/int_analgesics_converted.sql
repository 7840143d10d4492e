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

added_up as (
    select
        study_id,
        patient_id,
        visit,
        coalesce(sum(omed_mg), 0) as sum_omed_mg,
        count(unconverted) as n_unconverted,
        {{ joined_text('unconverted', ', ') }} as unconverted
    from converted
    group by all
),

-- one drug without a factor, and the sum is not known; a dose of 0 needs none. A sum is held to
-- what a stated dose may be: no typing error may pass for a dose, or overflow the column
judged as (
    select
        study_id,
        patient_id,
        visit,
        case
            when n_unconverted = 0 and sum_omed_mg <= 9999.99
                then cast(sum_omed_mg as decimal(9, 2))
        end as omed_mg,
        case
            when n_unconverted > 0 then concat('no factor for ', unconverted)
            when sum_omed_mg > 9999.99
                then 'the drugs add up to more than 9999.99 mg a day'
            else ''
        end as dose_reason
    from added_up
)

select * from judged
