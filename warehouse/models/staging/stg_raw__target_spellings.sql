-- grain: study_id, scanner_target_name, scanner_target_id
with

spellings as (select * from {{ source('raw', 'target_spellings') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

kept_of_the_study as (
    select
        spellings.study_id,
        spellings.target_name as scanner_target_name,
        spellings.scanner_target_id,
        spellings.target_id,
        spellings.matched_by
    from spellings
    inner join studies
        on
            spellings.study_id = studies.study_id
            and spellings.panel_id = studies.panel_id
)

select * from kept_of_the_study
