-- grain: study_id, publication_id, claim_id
with

hits as (select * from {{ ref('stat_published_hits') }}),

listed as (
    select
        study_id,
        publication_id,
        claim_id,
        printed_name,
        target_name,
        group_1,
        group_2,
        higher_group,
        other_place_higher_group
    from hits
)

select * from listed
