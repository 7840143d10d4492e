-- grain: study_id, publication_id, contrast_id, target_name
with

published as (select * from {{ ref('fct_published_hits') }}),

differential as (select * from {{ ref('rpt_differential') }}),

both_rules as (select * from {{ ref('rpt_mode_comparison') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

listed_arms as (
    select distinct
        study_id,
        contrast_id,
        numerator_group,
        denominator_group
    from differential
),

-- the publication may name the groups in the other order than the plan
kept_published as (
    select
        published.study_id,
        published.publication_id,
        arms.contrast_id,
        published.claim_id,
        published.printed_name,
        published.target_name,
        published.higher_group = arms.numerator_group as is_published_higher,
        published.other_place_higher_group not in ('', published.higher_group)
            as is_contradicted
    from published
    inner join listed_arms as arms
        on
            published.study_id = arms.study_id
            and (
                (
                    published.group_1 = arms.numerator_group
                    and published.group_2 = arms.denominator_group
                )
                or (
                    published.group_1 = arms.denominator_group
                    and published.group_2 = arms.numerator_group
                )
            )
    qualify
        row_number() over (
            partition by
                published.study_id,
                published.publication_id,
                arms.contrast_id,
                published.target_name
            order by published.claim_id
        ) = 1
),

compared_contrasts as (
    select distinct
        study_id,
        publication_id,
        contrast_id
    from kept_published
),

tested as (
    select
        contrasts.study_id,
        contrasts.publication_id,
        contrasts.contrast_id,
        differential.analyte_id,
        differential.analyte_name as target_name,
        differential.is_hit as is_hit_correct,
        differential.estimate_log2fc as correct_log2fc,
        differential.signed_fold_change,
        differential.p_adjusted,
        coalesce(both_rules.is_hit_paper, false) as is_hit_paper,
        both_rules.paper_signed_fold_change
    from compared_contrasts as contrasts
    inner join differential
        on
            contrasts.study_id = differential.study_id
            and contrasts.contrast_id = differential.contrast_id
    left join both_rules
        on
            differential.study_id = both_rules.study_id
            and differential.contrast_id = both_rules.contrast_id
            and differential.analyte_id = both_rules.analyte_id
),

matched as (
    select
        coalesce(tested.study_id, published.study_id) as study_id,
        coalesce(tested.publication_id, published.publication_id) as publication_id,
        coalesce(tested.contrast_id, published.contrast_id) as contrast_id,
        coalesce(tested.target_name, published.target_name) as target_name,
        tested.analyte_id,
        coalesce(published.claim_id, '') as claim_id,
        coalesce(published.printed_name, '') as printed_name,
        tested.signed_fold_change,
        tested.p_adjusted,
        tested.paper_signed_fold_change,
        tested.correct_log2fc > 0 as is_higher_correct,
        tested.paper_signed_fold_change > 0 as is_higher_paper,
        published.is_published_higher,
        published.claim_id is not null as is_published,
        coalesce(published.is_contradicted, false) as is_contradicted,
        coalesce(tested.is_hit_correct, false) as is_hit_correct,
        coalesce(tested.is_hit_paper, false) as is_hit_paper
    from tested
    full join kept_published as published
        on
            tested.study_id = published.study_id
            and tested.publication_id = published.publication_id
            and tested.contrast_id = published.contrast_id
            and tested.target_name = published.target_name
),

compared as (
    select
        matched.study_id,
        matched.publication_id,
        matched.contrast_id,
        matched.target_name,
        matched.analyte_id,
        matched.claim_id,
        matched.printed_name,
        case
            when not matched.is_published then ''
            when matched.is_published_higher then 'higher'
            else 'lower'
        end as published_direction,
        {{ hits_compared('is_hit_correct', 'is_higher_correct') }} as status,
        {{ hits_compared('is_hit_paper', 'is_higher_paper') }} as status_paper,
        matched.signed_fold_change,
        matched.p_adjusted,
        matched.paper_signed_fold_change,
        matched.is_published,
        matched.is_contradicted,
        matched.is_hit_correct,
        matched.is_hit_paper,
        studies.is_synthetic as is_study_synthetic
    from matched
    inner join studies on matched.study_id = studies.study_id
)

select * from compared
