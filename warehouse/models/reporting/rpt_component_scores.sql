-- grain: study_id, selection, sample_id
with

components as (select * from {{ ref('fct_principal_components') }}),

samples as (select * from {{ ref('dim_samples') }}),

study_groups as (select * from {{ ref('stg_raw__groups') }}),

paired as (
    select
        first_of.study_id,
        first_of.selection,
        first_of.item_id as sample_id,
        samples.group_code,
        study_groups.group_label,
        first_of.item_value as first_score,
        second_of.item_value as second_score,
        first_of.explained_frac as first_explained_frac,
        second_of.explained_frac as second_explained_frac
    from components as first_of
    left join components as second_of
        on
            first_of.study_id = second_of.study_id
            and first_of.selection = second_of.selection
            and first_of.axis = second_of.axis
            and first_of.item_id = second_of.item_id
            and second_of.component = 2
    left join samples
        on
            first_of.study_id = samples.study_id
            and first_of.item_id = samples.sample_id
    left join study_groups
        on
            samples.study_id = study_groups.study_id
            and samples.group_code = study_groups.group_code
    where first_of.component = 1 and first_of.axis = 'samples'
)

select * from paired
