-- grain: study_id, scanner_target_name, scanner_target_id
with

scans as (select * from {{ ref('stg_raw__scans') }}),

printed_spots as (select * from {{ ref('stg_raw__printed_spots') }}),

measured_values as (select * from {{ ref('stg_raw__values') }}),

panel_targets as (select * from {{ ref('stg_raw__panel_targets') }}),

spellings as (select * from {{ ref('stg_raw__target_spellings') }}),

listed_names as (
    select distinct
        printed_spots.study_id,
        printed_spots.scanner_target_name,
        printed_spots.scanner_target_id
    from printed_spots
    inner join scans
        on
            printed_spots.study_id = scans.study_id
            and printed_spots.print_id = scans.print_id
    union
    select distinct
        study_id,
        scanner_target_name,
        scanner_target_id
    from measured_values
),

matched_by_name as (
    select
        listed_names.*,
        panel_targets.target_id,
        2 as match_order,
        'name' as matched_by
    from listed_names
    inner join panel_targets
        on
            listed_names.study_id = panel_targets.study_id
            and listed_names.scanner_target_name = panel_targets.target_name
),

matched_by_spelling as (
    select
        listed_names.*,
        spellings.target_id,
        -- ingest asks the id only where it decides: it then outranks a name
        case when spellings.matched_by = 'id' then 1 else 3 end as match_order,
        spellings.matched_by
    from listed_names
    inner join spellings
        on
            listed_names.study_id = spellings.study_id
            and listed_names.scanner_target_name = spellings.scanner_target_name
            and listed_names.scanner_target_id = spellings.scanner_target_id
),

stacked as (
    select * from matched_by_name
    union all
    select * from matched_by_spelling
),

picked_best_match as (
    select
        study_id,
        scanner_target_name,
        scanner_target_id,
        target_id,
        matched_by
    from stacked
    qualify
        row_number() over (
            partition by study_id, scanner_target_name, scanner_target_id
            order by match_order asc, target_id asc
        ) = 1
)

select * from picked_best_match
