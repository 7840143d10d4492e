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
counted_targets as (
    select
        study_id,
        count(*) as n_ranks
    from panel_targets
    where target_kind = 'analyte'
    group by all
),

kept_arrays as (
    select
        samples.study_id,
        samples.array_id,
        samples.batch_id
    from samples
    inner join reference_batches
        on
            samples.study_id = reference_batches.study_id
            and samples.batch_id = reference_batches.batch_id
),

-- one row an array: its values are sorted as a list, and taken apart by rank
sorted_values as (
    select
        replicates.study_id,
        replicates.array_id,
        kept_arrays.batch_id,
        replicates.background_method,
        replicates.replicate_rule,
        {{ sorted_list('replicates.net_afu') }} as sorted_afu,
        count(*) as n_values
    from replicates
    inner join kept_arrays
        on
            replicates.study_id = kept_arrays.study_id
            and replicates.array_id = kept_arrays.array_id
    inner join listed_rules as rules
        on
            replicates.study_id = rules.study_id
            and replicates.background_method = rules.background_method
            and replicates.replicate_rule = rules.replicate_rule
    where replicates.target_kind = 'analyte' and replicates.net_afu is not null
    group by all
),

numbered as (
    select
        sorted_values.*,
        targets.n_ranks,
        {{ numbered_rows('targets.n_ranks') }} as quantile_rank
    from sorted_values
    inner join counted_targets as targets on sorted_values.study_id = targets.study_id
    where sorted_values.n_values >= 2
),

-- an array with fewer values is read off its own quantile function, between two neighbours
placed as (
    select
        *,
        coalesce(
            quantile_rank * (n_values - 1e0) / nullif(n_ranks - 1e0, 0),
            0e0
        ) as place
    from numbered
),

neighboured as (
    select
        *,
        {{ item_at('sorted_afu', 'cast(floor(place) as bigint)') }} as lower_afu,
        {{ item_at('sorted_afu', 'cast(floor(place) as bigint) + 1') }} as next_afu
    from placed
),

interpolated as (
    select
        study_id,
        array_id,
        background_method,
        replicate_rule,
        quantile_rank,
        batch_id,
        {{ between_neighbours('lower_afu', 'coalesce(next_afu, lower_afu)', 'place') }}
            as quantile_afu
    from neighboured
)

select * from interpolated
