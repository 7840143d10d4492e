-- grain: study_id, slide_id, channel_nm
with

scans as (select * from {{ source('raw', 'scans') }}),

slides as (select * from {{ ref('stg_raw__slides') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

kept_channel_of_current_file as (
    select
        scans.study_id,
        scans.slide_id,
        scans.channel_nm,
        scans.batch_id,
        scans.print_id,
        studies.array_unit,
        scans.n_spots,
        scans.file_sha256
    from scans
    inner join studies on scans.study_id = studies.study_id
    inner join slides
        on
            scans.study_id = slides.study_id
            and scans.slide_id = slides.slide_id
            and scans.file_sha256 = slides.file_sha256
    where scans.channel_nm = coalesce(studies.channel_nm, scans.channel_nm)
)

select * from kept_channel_of_current_file
