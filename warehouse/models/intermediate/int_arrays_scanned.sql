-- grain: study_id, array_id
with

scans as (select * from {{ ref('stg_raw__scans') }}),

printed_spots as (select * from {{ ref('stg_raw__printed_spots') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

counted_printed as (
    select
        study_id,
        print_id,
        block,
        count(*) as n_spots
    from printed_spots
    group by all
),

counted_quarantined as (
    select
        scans.study_id,
        scans.file_sha256,
        scans.channel_nm,
        printed_spots.block,
        count(*) as n_spots
    from scans
    inner join quarantine
        on
            scans.study_id = quarantine.study_id
            and scans.file_sha256 = quarantine.file_sha256
            and quarantine.role = 'slide'
    inner join printed_spots
        on
            scans.study_id = printed_spots.study_id
            and scans.print_id = printed_spots.print_id
            and quarantine.source_line = printed_spots.source_line
    group by all
),

kept_blocks as (
    select
        scans.study_id,
        {{ array_id('scans.array_unit', 'scans.slide_id', 'printed.block') }}
            as array_id,
        scans.slide_id,
        case when scans.array_unit = 'block' then printed.block end as block,
        scans.batch_id,
        printed.n_spots - coalesce(quarantined.n_spots, 0) as n_spots,
        scans.file_sha256
    from scans
    inner join counted_printed as printed
        on
            scans.study_id = printed.study_id
            and scans.print_id = printed.print_id
    left join counted_quarantined as quarantined
        on
            scans.study_id = quarantined.study_id
            and scans.file_sha256 = quarantined.file_sha256
            and scans.channel_nm = quarantined.channel_nm
            and printed.block = quarantined.block
    where printed.n_spots > coalesce(quarantined.n_spots, 0)
),

summed_blocks as (
    select
        study_id,
        array_id,
        slide_id,
        block,
        batch_id,
        cast(sum(n_spots) as bigint) as n_spots,
        file_sha256
    from kept_blocks
    group by all
)

select * from summed_blocks
