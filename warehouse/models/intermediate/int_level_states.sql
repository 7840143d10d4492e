-- grain: study_id, batch_id
with

states as (select * from {{ ref('int_batch_states') }}),

samples as (select * from {{ ref('int_samples_released') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

reference_values as (select * from {{ ref('int_normalisation_references') }}),

other_platforms as (select * from {{ ref('int_values_measured') }}),

-- what holds for every batch of a study
listed_for_studies as (
    select
        study_id,
        {{ row_hash([
            "'variant'",
            'variant_id',
            'background_method',
            'replicate_rule',
            'lod_rule',
            'below_lod_policy',
            'normalisation_method',
            'is_primary_variant',
            'is_reported_variant',
        ]) }} as fact
    from variants
    union all
    select
        study_id,
        {{ row_hash([
            "'reference'",
            'background_method',
            'replicate_rule',
            'normalisation_method',
            'quantile_rank',
            'reference_value',
        ]) }} as fact
    from reference_values
),

joined_for_studies as (
    select
        study_id,
        {{ joined_text('fact') }} as facts
    from listed_for_studies
    group by all
),

-- values of a platform without spots are few, and depend on more than their batch
listed_for_batches as (
    select
        study_id,
        batch_id,
        {{ row_hash([
            "'sample'",
            'sample_id',
            'array_id',
            'total_protein_mg_ml',
            'is_excluded',
            'file_sha256',
        ]) }} as fact
    from samples
    union all
    select
        study_id,
        batch_id,
        {{ row_hash([
            "'value'",
            'sample_id',
            'analyte_id',
            'variant_id',
            'platform_id',
            'reading',
            'reading_unit',
            'scale',
            'measurement_class',
            'below_lod_policy',
            'level_log2',
            'level_reason',
            'cv_frac',
            'cv_reason',
            'is_replicate_flagged',
            'is_primary_variant',
            'file_sha256',
        ]) }} as fact
    from other_platforms
),

joined_for_batches as (
    select
        study_id,
        batch_id,
        {{ joined_text('fact') }} as facts
    from listed_for_batches
    group by all
),

stated as (
    select
        states.study_id,
        states.batch_id,
        {{ row_hash([
            'states.batch_state',
            'for_studies.facts',
            'for_batches.facts',
        ]) }} as batch_state
    from states
    left join joined_for_studies as for_studies
        on states.study_id = for_studies.study_id
    left join joined_for_batches as for_batches
        on
            states.study_id = for_batches.study_id
            and states.batch_id = for_batches.batch_id
)

select * from stated
