-- grain: study_id, array_id, background_method, replicate_rule, normalisation_method
with

replicates as (select * from {{ ref('int_replicates_averaged') }}),

spots as (select * from {{ ref('int_spots_background_subtracted') }}),

samples as (select * from {{ ref('int_samples_released') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

listed_methods as (
    select distinct
        study_id,
        background_method,
        replicate_rule,
        normalisation_method
    from variants
    where normalisation_method in ('median', 'positive_control', 'total_protein')
),

framed as (
    select
        samples.study_id,
        samples.array_id,
        samples.sample_id,
        samples.batch_id,
        samples.total_protein_mg_ml,
        samples.is_excluded,
        methods.background_method,
        methods.replicate_rule,
        methods.normalisation_method
    from samples
    inner join listed_methods as methods on samples.study_id = methods.study_id
    where samples.array_id is not null
),

found_medians as (
    select
        replicates.study_id,
        replicates.array_id,
        replicates.background_method,
        replicates.replicate_rule,
        'median' as normalisation_method,
        median(replicates.net_afu) as array_scale,
        count(replicates.net_afu) as n_readings
    from replicates
    inner join listed_methods as methods
        on
            replicates.study_id = methods.study_id
            and replicates.background_method = methods.background_method
            and replicates.replicate_rule = methods.replicate_rule
            and methods.normalisation_method = 'median'
    where replicates.target_kind = 'analyte'
    group by all
),

averaged_positive_controls as (
    select
        spots.study_id,
        spots.array_id,
        spots.background_method,
        methods.replicate_rule,
        'positive_control' as normalisation_method,
        {{ ordered_mean('spots.net_afu') }} as array_scale,
        count(spots.net_afu) as n_readings
    from spots
    inner join listed_methods as methods
        on
            spots.study_id = methods.study_id
            and spots.background_method = methods.background_method
            and methods.normalisation_method = 'positive_control'
    where spots.target_kind = 'positive_control' and spots.is_kept
    group by all
),

found_proteins as (
    select
        study_id,
        array_id,
        background_method,
        replicate_rule,
        normalisation_method,
        case when not is_excluded then total_protein_mg_ml end as array_scale,
        count(total_protein_mg_ml) filter (where not is_excluded) as n_readings
    from framed
    where normalisation_method = 'total_protein'
    group by all
),

stacked as (
    select * from found_medians
    union all
    select * from averaged_positive_controls
    union all
    select * from found_proteins
),

listed as (
    select
        framed.study_id,
        framed.array_id,
        framed.background_method,
        framed.replicate_rule,
        framed.normalisation_method,
        framed.sample_id,
        framed.batch_id,
        stacked.array_scale,
        case
            when framed.normalisation_method = 'total_protein' then 'mg/ml' else 'afu'
        end as array_scale_unit,
        coalesce(stacked.n_readings, 0) as n_readings
    from framed
    left join stacked
        on
            framed.study_id = stacked.study_id
            and framed.array_id = stacked.array_id
            and framed.background_method = stacked.background_method
            and framed.replicate_rule = stacked.replicate_rule
            and framed.normalisation_method = stacked.normalisation_method
)

select * from listed
