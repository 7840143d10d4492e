-- grain: study_id, publication_id, claim_id
with

verdicts as (select * from {{ ref('fct_claims') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

described as (
    select
        verdicts.study_id,
        verdicts.publication_id,
        verdicts.claim_id,
        verdicts.claim_order,
        verdicts.source_place,
        verdicts.topic,
        verdicts.statement,
        verdicts.verdict,
        verdicts.severity,
        verdicts.explanation,
        verdicts.note,
        verdicts.check_id,
        verdicts.figures,
        verdicts.is_able_to_fail,
        studies.is_synthetic as is_study_synthetic
    from verdicts
    inner join studies on verdicts.study_id = studies.study_id
)

select * from described
