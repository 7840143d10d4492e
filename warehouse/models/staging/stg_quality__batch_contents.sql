-- grain: study_id, batch_id
with

contents as (select * from {{ source('quality', 'batch_contents') }}),

renamed as (
    select
        study_id,
        batch_id,
        content_hash
    from contents
)

select * from renamed
