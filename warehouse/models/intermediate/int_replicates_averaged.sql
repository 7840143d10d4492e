-- grain: study_id, array_id, target_id, background_method, replicate_rule
with

spots as (
    select *
    from {{ ref('int_spots_background_subtracted') }}
    where {{ is_outdated_batch() }}
),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_rules as (
    select distinct
        study_id,
        background_method,
        replicate_rule
    from variants
),

averaged as (
    select
        study_id,
        array_id,
        target_id,
        background_method,
        target_kind,
        batch_id,
        batch_state,
        {{ ordered_mean('net_afu', 'is_kept') }} as mean_afu,
        {{ closest_pair_mean('net_afu', 'is_kept') }} as pair_mean_afu,
        {{ replicate_cv('net_afu', 'is_kept') }} as cv_frac,
        count(*) as n_spots,
        count(*) filter (where is_kept) as n_spots_kept,
        count(*) filter (where exclusion_rule = 'flagged') as n_spots_flagged,
        count(*) filter (where exclusion_rule = 'saturated') as n_spots_saturated,
        min(exclusion_rule) filter (where not is_kept) as first_exclusion_rule,
        max(exclusion_rule) filter (where not is_kept) as last_exclusion_rule
    from spots
    where target_id is not null
    group by all
),

chosen as (
    select
        averaged.*,
        rules.replicate_rule,
        rules.replicate_rule = 'best_two' and averaged.n_spots_kept >= 3
            as is_pair_used
    from averaged
    inner join listed_rules as rules
        on
            averaged.study_id = rules.study_id
            and averaged.background_method = rules.background_method
),

explained as (
    select
        study_id,
        array_id,
        target_id,
        background_method,
        replicate_rule,
        target_kind,
        batch_id,
        case when is_pair_used then pair_mean_afu else mean_afu end as net_afu,
        cv_frac,
        n_spots,
        n_spots_kept,
        case when is_pair_used then 2 else n_spots_kept end as n_spots_averaged,
        n_spots_flagged,
        n_spots_saturated,
        n_spots - n_spots_kept as n_spots_excluded,
        case
            when cv_frac is not null then ''
            when n_spots_kept = 0 then 'no spot was kept'
            when n_spots_kept = 1 then 'a single spot was kept'
            else 'the mean net signal is not positive'
        end as cv_reason,
        case
            when first_exclusion_rule is null then ''
            when first_exclusion_rule = last_exclusion_rule then first_exclusion_rule
            else first_exclusion_rule || ', ' || last_exclusion_rule
        end as exclusion_rules,
        coalesce(cv_frac > 0.20, false) as is_replicate_flagged,
        batch_state
    from chosen
)

select * from explained
