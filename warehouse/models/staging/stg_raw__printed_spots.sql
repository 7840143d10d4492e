-- grain: study_id, print_id, spot_number
with

printed_spots as (select * from {{ source('raw', 'printed_spots') }}),

renamed as (
    select
        study_id,
        print_id,
        spot_number,
        block,
        target_name as scanner_target_name,
        target_id as scanner_target_id,
        source_line
    from printed_spots
)

select * from renamed
