-- grain: study_id, array_id, background_method, replicate_rule, quantile_rank
with

replicates as (select * from {{ ref('int_replicates_averaged') }}),

samples as (select * from {{ ref('int_samples_released') }}),

reference_batches as (select * from {{ ref('int_reference_batches') }}),

panel_targets as (select * from {{ ref('stg_raw__panel_targets') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_rules as (
    select distinct
        study_id,
        background_method,
        replicate_rule
    from variants
    where normalisation_method = 'quantile'
),

-- as many ranks as the panel has reportable targets, whether or not an array has them all
numbered_targets as (
    select
        study_id,
        row_number() over (partition by study_id order by target_id) - 1
            as quantile_rank,
        count(*) over (partition by study_id) as n_ranks
    from panel_targets
    where target_kind = 'analyte'
),

sorted_values as (
    select
        replicates.study_id,
        replicates.array_id,
        samples.batch_id,
        replicates.background_method,
        replicates.replicate_rule,
        replicates.net_afu,
        row_number() over own_values - 1 as value_rank,
        lead(replicates.net_afu) over own_values as next_afu,
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
    inner join reference_batches
        on
            samples.study_id = reference_batches.study_id
            and samples.batch_id = reference_batches.batch_id
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

counted as (
    select
        study_id,
        array_id,
        batch_id,
        background_method,
        replicate_rule,
        n_values
    from sorted_values
    where n_values >= 2 and value_rank = 0
),

-- an array with fewer values is read off its own quantile function, between two neighbours
placed as (
    select
        counted.*,
        targets.quantile_rank,
        coalesce(
            targets.quantile_rank * (counted.n_values - 1e0)
            / nullif(targets.n_ranks - 1e0, 0),
            0e0
        ) as place
    from counted
    inner join numbered_targets as targets on counted.study_id = targets.study_id
),

-- the rank stands in a column of its own: a join on an expression would pair all with all
ranked as (
    select
        *,
        cast(floor(place) as bigint) as lower_rank
    from placed
),

interpolated as (
    select
        placed.study_id,
        placed.array_id,
        placed.background_method,
        placed.replicate_rule,
        placed.quantile_rank,
        placed.batch_id,
        {{ between_neighbours(
            'sorted_values.net_afu',
            'coalesce(sorted_values.next_afu, sorted_values.net_afu)',
            'placed.place'
        ) }} as quantile_afu
    from ranked as placed
    inner join sorted_values
        on
            placed.study_id = sorted_values.study_id
            and placed.array_id = sorted_values.array_id
            and placed.background_method = sorted_values.background_method
            and placed.replicate_rule = sorted_values.replicate_rule
            and placed.lower_rank = sorted_values.value_rank
)

select * from interpolated
