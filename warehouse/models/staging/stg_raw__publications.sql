-- grain: study_id, publication_id
with

publications as (select * from {{ source('raw', 'study_publications') }}),

renamed as (
    select
        study_id,
        publication_id
    from publications
)

select * from renamed
