-- A slide whose file is not in raw.files would silently fall out of the warehouse.
with

spots as (select * from {{ source('raw', 'spots') }}),

slides as (select * from {{ ref('stg_raw__slides') }}),

listed as (
    select distinct
        study_id,
        slide_id
    from spots
)

select listed.*
from listed
left join slides
    on
        listed.study_id = slides.study_id
        and listed.slide_id = slides.slide_id
where slides.slide_id is null
