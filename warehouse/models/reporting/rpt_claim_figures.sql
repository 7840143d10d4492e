-- grain: study_id, publication_id, claim_id, figure_name, value_place
with

figures as (select * from {{ ref('fct_claim_figures') }}),

claims as (select * from {{ ref('fct_claims') }}),

quantities as (select * from {{ ref('rpt_study_quantities') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

measured as (
    select
        figures.study_id,
        figures.publication_id,
        figures.claim_id,
        figures.figure_name,
        figures.value_place,
        claims.claim_order,
        claims.source_place,
        figures.quantity,
        figures.printed_text,
        figures.printed_value,
        quantities.quantity_value as study_value,
        power(10, figures.printed_decimals) as printed_scale,
        studies.is_synthetic as is_study_synthetic
    from figures
    inner join claims
        on
            figures.study_id = claims.study_id
            and figures.publication_id = claims.publication_id
            and figures.claim_id = claims.claim_id
    inner join studies on figures.study_id = studies.study_id
    left join quantities
        on
            figures.study_id = quantities.study_id
            and figures.quantity = quantities.quantity
),

-- a value within 1e-9 of a half or of a whole is one: 2.5 may be stored as 2.4999999999999996
compared as (
    select
        study_id,
        publication_id,
        claim_id,
        figure_name,
        value_place,
        claim_order,
        source_place,
        quantity,
        printed_text,
        case
            when study_value is null then 'not_in_study'
            when
                abs(study_value - printed_value) * printed_scale <= 0.5 + 1e-9
                then 'same'
            when
                abs(printed_value) <= abs(study_value) + 1e-9 / printed_scale
                and abs(study_value - printed_value) * printed_scale < 1
                then 'same_truncated'
            else 'different'
        end as agreement,
        printed_value,
        study_value,
        is_study_synthetic
    from measured
)

select * from compared
