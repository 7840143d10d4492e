-- grain: study_id, publication_id, claim_id
with

verdicts as (select * from {{ ref('stat_claims') }}),

listed as (
    select
        study_id,
        publication_id,
        claim_id,
        claim_order,
        source_place,
        statement,
        check_id,
        figures,
        verdict,
        severity,
        topic,
        explanation,
        note,
        is_able_to_fail
    from verdicts
)

select * from listed
