-- grain: study_id, publication_id, claim_id, figure_name, value_place
with

figures as (select * from {{ ref('stat_claim_figures') }}),

listed as (
    select
        study_id,
        publication_id,
        claim_id,
        figure_name,
        value_place,
        quantity,
        printed_text,
        printed_value,
        printed_decimals
    from figures
)

select * from listed
