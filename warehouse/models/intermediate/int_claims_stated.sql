-- grain: study_id, publication_id, claim_id
with

own_claims as (select * from {{ ref('stg_raw__claims') }}),

publications as (select * from {{ ref('stg_raw__publications') }}),

shipped as (select * from {{ ref('publication_claims') }}),

listed_own as (
    select distinct
        study_id,
        publication_id
    from own_claims
),

-- a study's own rows of a publication stand in place of the shipped set
kept_shipped as (
    select
        publications.study_id,
        shipped.publication_id,
        shipped.claim_id,
        shipped.claim_order,
        shipped.source_place,
        shipped.statement,
        shipped.check_id,
        coalesce(shipped.figures, '') as figures,
        coalesce(shipped.related_claim_ids, '') as related_claim_ids,
        coalesce(shipped.topic, '') as topic,
        coalesce(shipped.severity, 'none') as severity,
        coalesce(shipped.measured_as, '') as measured_as,
        coalesce(shipped.note, '') as note
    from publications
    inner join shipped on publications.publication_id = shipped.publication_id
    left join listed_own
        on
            publications.study_id = listed_own.study_id
            and publications.publication_id = listed_own.publication_id
    where listed_own.publication_id is null
),

stacked as (
    select * from own_claims
    union all
    select * from kept_shipped
)

select * from stacked
