-- grain: study_id, scope, scope_id
with

samples as (select * from {{ ref('int_samples_released') }}),

bridges as (select * from {{ ref('int_bridges_measured') }}),

reference_batches as (select * from {{ ref('int_reference_batches') }}),

-- several batches may be the reference of the normalisation; one is enough to bridge to
counted_reference as (
    select
        samples.study_id,
        samples.batch_id,
        samples.lot,
        count(*) as n_samples
    from samples
    inner join reference_batches
        on
            samples.study_id = reference_batches.study_id
            and samples.batch_id = reference_batches.batch_id
    group by all
),

found_reference as (
    select *
    from counted_reference
    qualify
        row_number() over (
            partition by study_id
            order by batch_id asc, n_samples desc, lot asc
        ) = 1
),

listed_units as (
    select distinct
        study_id,
        'lot' as scope,
        lot as scope_id
    from samples
    where lot <> ''
    union all
    select distinct
        study_id,
        'batch' as scope,
        batch_id as scope_id
    from samples
),

marked_units as (
    select
        units.study_id,
        units.scope,
        units.scope_id,
        coalesce(
            units.scope_id = case
                when units.scope = 'lot' then reference.lot else reference.batch_id
            end,
            false
        ) as is_reference
    from listed_units as units
    left join found_reference as reference on units.study_id = reference.study_id
),

listed_serums as (
    select distinct
        study_id,
        'lot' as scope,
        lot as scope_id,
        bridge_id
    from bridges
    where lot <> ''
    union all
    select distinct
        study_id,
        'batch' as scope,
        batch_id as scope_id,
        bridge_id
    from bridges
),

counted_shared as (
    select
        mine.study_id,
        mine.scope,
        mine.scope_id,
        theirs.scope_id as other_id,
        count(*) as n_shared
    from listed_serums as mine
    inner join listed_serums as theirs
        on
            mine.study_id = theirs.study_id
            and mine.scope = theirs.scope
            and mine.bridge_id = theirs.bridge_id
            and mine.scope_id <> theirs.scope_id
    group by all
),

-- the reference where two serums reach it, else whatever shares the most
chosen_partners as (
    select
        shared.study_id,
        shared.scope,
        shared.scope_id,
        shared.other_id,
        shared.n_shared
    from counted_shared as shared
    inner join marked_units as others
        on
            shared.study_id = others.study_id
            and shared.scope = others.scope
            and shared.other_id = others.scope_id
    qualify
        row_number() over (
            partition by shared.study_id, shared.scope, shared.scope_id
            order by
                case
                    when others.is_reference and shared.n_shared >= 2 then 0 else 1
                end asc,
                shared.n_shared desc,
                case when others.is_reference then 0 else 1 end asc,
                shared.other_id asc
        ) = 1
),

joined as (
    select
        units.study_id,
        units.scope,
        units.scope_id,
        partners.other_id as against_id,
        coalesce(partners.n_shared, 0) as n_shared_serums,
        units.is_reference
    from marked_units as units
    left join chosen_partners as partners
        on
            units.study_id = partners.study_id
            and units.scope = partners.scope
            and units.scope_id = partners.scope_id
)

select * from joined
