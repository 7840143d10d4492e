-- grain: study_id, slide_id
with

files as (select * from {{ ref('stg_raw__files') }}),

picked_newest as (
    select
        study_id,
        slide_id,
        file_sha256
    from files
    where role = 'slide' and slide_id is not null
    qualify
        row_number() over (
            partition by study_id, slide_id
            order by loaded_at desc, file_sha256 asc
        ) = 1
)

select * from picked_newest
