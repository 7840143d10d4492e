-- grain: study_id, publication_id, claim_id
with

claims as (select * from {{ source('raw', 'claims') }}),

renamed as (
    select
        study_id,
        publication_id,
        claim_id,
        claim_order,
        source_place,
        statement,
        check_id,
        figures,
        related_claim_ids,
        topic,
        severity,
        measured_as,
        note
    from claims
)

select * from renamed
