-- grain: study_id, array_id
with

spots as (select * from {{ ref('stg_raw__spots') }}),

grouped_spots as (
    select
        study_id,
        array_id,
        slide_id,
        array_block as block,
        batch_id,
        count(*) as n_spots,
        file_sha256
    from spots
    group by all
)

select * from grouped_spots
