-- grain: study_id, slide_id, block, spot_row, spot_column
with

spots as (select * from {{ source('raw', 'spots') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

slides as (select * from {{ ref('stg_raw__slides') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

described_slides as (
    select
        slides.study_id,
        slides.slide_id,
        slides.file_sha256,
        studies.channel_nm,
        studies.array_unit
    from slides
    inner join studies on slides.study_id = studies.study_id
),

kept_channel_of_current_file as (
    select
        spots.*,
        described_slides.array_unit
    from spots
    inner join described_slides
        on
            spots.study_id = described_slides.study_id
            and spots.slide_id = described_slides.slide_id
            and spots.file_sha256 = described_slides.file_sha256
    where spots.channel_nm = coalesce(described_slides.channel_nm, spots.channel_nm)
),

dropped_quarantined as (
    select kept.*
    from kept_channel_of_current_file as kept
    left join quarantine
        on
            kept.study_id = quarantine.study_id
            and kept.file_sha256 = quarantine.file_sha256
            and kept.source_line = quarantine.source_line
            and quarantine.role = 'slide'
    where quarantine.source_line is null
),

named_arrays as (
    select
        study_id,
        slide_id,
        block,
        spot_row,
        spot_column,
        {{ array_id('array_unit', 'slide_id', 'block') }} as array_id,
        case when array_unit = 'block' then block end as array_block,
        batch_id,
        target_name as scanner_target_name,
        target_id as scanner_target_id,
        x_um,
        y_um,
        foreground_median_afu as foreground_afu,
        background_median_afu as background_afu,
        saturated_frac,
        flag,
        file_sha256,
        source_line
    from dropped_quarantined
)

select * from named_arrays
