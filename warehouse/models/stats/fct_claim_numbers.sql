-- grain: study_id, publication_id, claim_id, quantity
with

verdicts as (select * from {{ ref('stat_claims') }}),

listed as (
    select
        study_id,
        publication_id,
        claim_id,
        {{ paired_lists(
            'recomputed_names', 'quantity', 'recomputed_values', 'quantity_value'
        ) }}
    from verdicts
),

kept as (
    select
        study_id,
        publication_id,
        claim_id,
        quantity,
        quantity_value
    from listed
)

select * from kept
