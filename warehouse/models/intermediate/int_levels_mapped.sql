-- grain: study_id, array_id, target_id, background_method, replicate_rule, normalisation_method
with

replicates as (select * from {{ ref('int_replicates_averaged') }}),

samples as (select * from {{ ref('int_samples_released') }}),

reference_quantiles as (
    select
        *,
        lead(reference_value) over (
            partition by study_id, background_method, replicate_rule
            order by quantile_rank
        ) as next_value,
        count(*) over (
            partition by study_id, background_method, replicate_rule
        ) as n_ranks
    from {{ ref('int_normalisation_references') }}
    where normalisation_method = 'quantile'
),

variants as (select * from {{ ref('int_variants_selected') }}),

fitted_in_batches as (select * from {{ ref('int_levels_fitted') }}),

listed_rules as (
    select distinct
        study_id,
        background_method,
        replicate_rule
    from variants
    where normalisation_method = 'quantile'
),

counted_ranks as (
    select distinct
        study_id,
        background_method,
        replicate_rule,
        n_ranks
    from reference_quantiles
),

ranked as (
    select
        replicates.study_id,
        replicates.array_id,
        replicates.target_id,
        replicates.background_method,
        replicates.replicate_rule,
        rank() over own_values as first_rank,
        count(*) over (
            own_values
            range between current row and current row
        ) as n_ties,
        count(*) over (
            partition by
                replicates.study_id,
                replicates.array_id,
                replicates.background_method,
                replicates.replicate_rule
        ) as n_values
    from replicates
    inner join samples
        on
            replicates.study_id = samples.study_id
            and replicates.array_id = samples.array_id
    inner join listed_rules as rules
        on
            replicates.study_id = rules.study_id
            and replicates.background_method = rules.background_method
            and replicates.replicate_rule = rules.replicate_rule
    where replicates.target_kind = 'analyte' and replicates.net_afu is not null
    window own_values as (
        partition by
            replicates.study_id,
            replicates.array_id,
            replicates.background_method,
            replicates.replicate_rule
        order by replicates.net_afu
    )
),

-- equal values share their average rank; twice the rank keeps the arithmetic in whole numbers
placed as (
    select
        ranked.*,
        (2e0 * (ranked.first_rank - 1) + ranked.n_ties - 1)
        * (counted_ranks.n_ranks - 1e0)
        / nullif(2e0 * (ranked.n_values - 1), 0) as place
    from ranked
    left join counted_ranks
        on
            ranked.study_id = counted_ranks.study_id
            and ranked.background_method = counted_ranks.background_method
            and ranked.replicate_rule = counted_ranks.replicate_rule
),

-- the rank stands in a column of its own: a join on an expression would pair all with all
neighboured as (
    select
        *,
        cast(floor(place) as bigint) as lower_rank
    from placed
),

interpolated as (
    select
        placed.study_id,
        placed.array_id,
        placed.target_id,
        placed.background_method,
        placed.replicate_rule,
        'quantile' as normalisation_method,
        coalesce(quantiles.reference_id, '') as reference_id,
        {{ between_neighbours(
            'quantiles.reference_value',
            'coalesce(quantiles.next_value, quantiles.reference_value)',
            'placed.place'
        ) }} as normalised_afu,
        case
            when quantiles.reference_value is not null then ''
            when placed.n_values < 2
                then 'fewer than two targets of the array were kept'
            else 'no array of a reference batch is released'
        end as map_reason
    from neighboured as placed
    left join reference_quantiles as quantiles
        on
            placed.study_id = quantiles.study_id
            and placed.background_method = quantiles.background_method
            and placed.replicate_rule = quantiles.replicate_rule
            and placed.lower_rank = quantiles.quantile_rank
),

stacked as (
    select * from interpolated
    union all
    select
        study_id,
        array_id,
        target_id,
        background_method,
        replicate_rule,
        normalisation_method,
        '' as reference_id,
        power(2e0, level_log2) as normalised_afu,
        map_reason
    from fitted_in_batches
)

select * from stacked
