-- grain: study_id, contrast_id
with

analyses as (select * from {{ ref('stg_raw__plan') }}),

contrasted as (select * from {{ ref('int_samples_contrasted') }}),

samples as (select * from {{ ref('dim_samples') }}),

lots as (select * from {{ ref('dim_lots') }}),

listed_contrasts as (
    select distinct
        study_id,
        contrast_id,
        numerator_group,
        denominator_group,
        pairing
    from analyses
    where kind = 'contrast' and mode = 'correct'
),

placed_samples as (
    select
        contrasts.study_id,
        contrasts.contrast_id,
        contrasts.numerator_group,
        contrasts.denominator_group,
        contrasted.arm,
        samples.lot,
        contrasts.pairing <> 'patient' or count(distinct contrasted.arm) over (
            partition by
                contrasts.study_id, contrasts.contrast_id, contrasted.unit_id
        ) = 2 as is_compared
    from listed_contrasts as contrasts
    inner join contrasted
        on
            contrasts.study_id = contrasted.study_id
            and contrasts.contrast_id = contrasted.contrast_id
    inner join samples
        on
            contrasted.study_id = samples.study_id
            and contrasted.sample_id = samples.sample_id
    where samples.lot <> '' and not samples.is_excluded
),

counted_lots as (
    select
        study_id,
        contrast_id,
        numerator_group,
        denominator_group,
        lot,
        count(*) filter (where arm = 'numerator') as n_numerator,
        count(*) filter (where arm = 'denominator') as n_denominator
    from placed_samples
    where is_compared
    group by all
),

shared_lots as (
    select
        *,
        n_numerator / nullif(
            sum(n_numerator) over (partition by study_id, contrast_id), 0
        ) as numerator_frac,
        n_denominator / nullif(
            sum(n_denominator) over (partition by study_id, contrast_id), 0
        ) as denominator_frac,
        count(*) over (partition by study_id, contrast_id) as n_lots
    from counted_lots
),

linked_lots as (
    select
        shared.*,
        lots.lot_effect,
        others.lot is not null as is_linked_here,
        lots.is_reference
        or (lots.lot_effect = 'estimable' and coalesce(against.is_reference, false))
            as is_linked_to_reference
    from shared_lots as shared
    inner join lots
        on
            shared.study_id = lots.study_id
            and shared.lot = lots.lot
    left join lots as against
        on
            lots.study_id = against.study_id
            and lots.against_id = against.lot
    left join shared_lots as others
        on
            shared.study_id = others.study_id
            and shared.contrast_id = others.contrast_id
            and lots.against_id = others.lot
            and lots.n_shared_serums >= 2
),

summarised as (
    select
        study_id,
        contrast_id,
        numerator_group,
        denominator_group,
        {{ joined_text('lot', ', ') }} as lots,
        count(*) as n_lots,
        coalesce(max(abs(numerator_frac - denominator_frac)), 1) as most_uneven_frac,
        count(*) filter (where n_numerator > 0 and n_denominator > 0) as n_lots_shared,
        coalesce(
            bool_and(is_linked_to_reference)
            or (count(*) = 2 and bool_or(is_linked_here)),
            false
        ) as is_linked
    from linked_lots
    group by all
),

judged as (
    select
        study_id,
        contrast_id,
        numerator_group,
        denominator_group,
        lots,
        case
            when n_lots = 1 and n_lots_shared = 1 then 'within_one_lot'
            when most_uneven_frac <= 0.2 then 'balanced_over_lots'
            when is_linked then 'linked_by_bridges'
            when n_lots_shared > 0 then 'within_lots_only'
            else 'lot_effect_not_estimable'
        end as comparability,
        n_lots,
        n_lots_shared,
        most_uneven_frac
    from summarised
),

worded as (
    select
        study_id,
        contrast_id,
        numerator_group,
        denominator_group,
        lots,
        comparability,
        contrast_id || case comparability
            when 'within_one_lot'
                then ': can be compared, all on lot ' || lots
            when 'balanced_over_lots'
                then ': can be compared, both arms spread alike over lots ' || lots
            when 'linked_by_bridges'
                then
                    ': can be compared with care, arms spread unevenly over lots '
                    || lots || ' but bridged: hold each change against the shift'
            when 'within_lots_only'
                then
                    ': can be compared within a lot only, arms spread unevenly over'
                    || ' lots ' || lots || ' and no bridge samples between them'
            else
                ': cannot be compared, arms on different lots (' || lots
                || ') and no bridge samples between them'
        end as comparability_in_words,
        n_lots,
        n_lots_shared,
        most_uneven_frac
    from judged
)

select * from worded
