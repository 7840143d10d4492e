-- grain: study_id, sample_id
with

samples as (select * from {{ ref('stg_raw__samples') }}),

batches as (select * from {{ ref('int_batches_released') }}),

arrays as (select * from {{ ref('int_arrays_scanned') }}),

measured_values as (select * from {{ ref('stg_raw__values') }}),

exclusions as (select * from {{ ref('stg_quality__exclusions') }}),

-- a serum that is measured again is out when its first sample or its person is
kept_of_released_batches as (
    select
        samples.*,
        repeated.patient_id as repeated_patient_id
    from samples
    inner join batches
        on
            samples.study_id = batches.study_id
            and samples.batch_id = batches.batch_id
    left join samples as repeated
        on
            samples.study_id = repeated.study_id
            and samples.bridge_id = repeated.sample_id
    where batches.is_released and not samples.is_empty
),

found_measured as (
    select
        study_id,
        sample_id,
        max(file_sha256) as file_sha256
    from measured_values
    group by all
),

kept_measured as (
    select
        kept.study_id,
        kept.sample_id,
        kept.patient_id,
        kept.visit,
        kept.group_code,
        kept.bridge_id,
        kept.repeated_patient_id,
        kept.slide_id,
        kept.block,
        arrays.array_id,
        kept.batch_id,
        kept.lot,
        kept.collected_day,
        kept.total_protein_mg_ml,
        kept.is_bridge,
        coalesce(arrays.file_sha256, found_measured.file_sha256) as file_sha256
    from kept_of_released_batches as kept
    left join arrays
        on
            kept.study_id = arrays.study_id
            and kept.array_id = arrays.array_id
    left join found_measured
        on
            kept.study_id = found_measured.study_id
            and kept.sample_id = found_measured.sample_id
    where arrays.array_id is not null or found_measured.sample_id is not null
),

found_exclusions as (
    select
        kept_measured.study_id,
        kept_measured.sample_id,
        min(exclusions.scope) as excluded_scope
    from kept_measured
    inner join exclusions
        on
            kept_measured.study_id = exclusions.study_id
            and (
                (
                    exclusions.scope = 'array'
                    and kept_measured.array_id = exclusions.scope_key
                )
                or (
                    exclusions.scope = 'sample'
                    and exclusions.scope_key
                    in (kept_measured.sample_id, kept_measured.bridge_id)
                )
                or (
                    exclusions.scope = 'patient'
                    and exclusions.scope_key
                    in (kept_measured.patient_id, kept_measured.repeated_patient_id)
                )
            )
    group by all
),

marked_excluded as (
    select
        kept_measured.study_id,
        kept_measured.sample_id,
        kept_measured.patient_id,
        kept_measured.visit,
        kept_measured.group_code,
        kept_measured.bridge_id,
        kept_measured.slide_id,
        kept_measured.block,
        kept_measured.array_id,
        kept_measured.batch_id,
        kept_measured.lot,
        kept_measured.collected_day,
        kept_measured.total_protein_mg_ml,
        found_exclusions.excluded_scope,
        kept_measured.is_bridge,
        found_exclusions.excluded_scope is not null as is_excluded,
        kept_measured.file_sha256
    from kept_measured
    left join found_exclusions
        on
            kept_measured.study_id = found_exclusions.study_id
            and kept_measured.sample_id = found_exclusions.sample_id
)

select * from marked_excluded
