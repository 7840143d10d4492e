-- grain: study_id, batch_id
with

studies as (select * from {{ ref('stg_raw__studies') }}),

batches as (
    select *
    from {{ ref('int_batches_released') }}
    where is_released
),

scans as (select * from {{ ref('stg_raw__scans') }}),

printed_spots as (select * from {{ ref('stg_raw__printed_spots') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

samples as (select * from {{ ref('int_samples_released') }}),

targets as (select * from {{ ref('int_targets_resolved') }}),

panel_targets as (select * from {{ ref('stg_raw__panel_targets') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

exclusions as (select * from {{ ref('stg_quality__exclusions') }}),

-- what holds for every batch of a study
listed_for_studies as (
    select
        study_id,
        {{ row_hash(["'study'", 'platform_id', 'array_unit', 'channel_nm']) }} as fact
    from studies
    union all
    select
        study_id,
        {{ row_hash(
            ["'variant'", 'background_method', 'replicate_rule', 'lod_rule']
        ) }} as fact
    from variants
    union all
    select
        study_id,
        {{ row_hash(["'panel'", 'target_id', 'target_kind']) }} as fact
    from panel_targets
    union all
    select
        study_id,
        {{ row_hash(["'excluded target'", 'scope_key']) }} as fact
    from exclusions
    where scope = 'target'
),

joined_for_studies as (
    select
        study_id,
        {{ joined_text('fact') }} as facts
    from listed_for_studies
    group by all
),

-- once for each print, not for each file: what its names mean
joined_for_prints as (
    select
        printed_spots.study_id,
        printed_spots.print_id,
        {{ joined_text(row_hash([
            'printed_spots.scanner_target_name',
            'printed_spots.scanner_target_id',
            'targets.target_id',
        ])) }} as facts
    from printed_spots
    left join targets
        on
            printed_spots.study_id = targets.study_id
            and printed_spots.scanner_target_name = targets.scanner_target_name
            and printed_spots.scanner_target_id = targets.scanner_target_id
    group by all
),

listed_for_batches as (
    select
        scans.study_id,
        scans.batch_id,
        {{ row_hash([
            "'scan'",
            'scans.slide_id',
            'scans.channel_nm',
            'scans.file_sha256',
            'scans.print_id',
            'scans.n_spots',
            'md5(prints.facts)',
        ]) }} as fact
    from scans
    left join joined_for_prints as prints
        on
            scans.study_id = prints.study_id
            and scans.print_id = prints.print_id
    union all
    select
        scans.study_id,
        scans.batch_id,
        {{ row_hash(
            ["'quarantine'", 'quarantine.file_sha256', 'quarantine.source_line']
        ) }} as fact
    from scans
    inner join quarantine
        on
            scans.study_id = quarantine.study_id
            and scans.file_sha256 = quarantine.file_sha256
            and quarantine.role = 'slide'
    union all
    select
        scans.study_id,
        scans.batch_id,
        {{ row_hash(["'excluded spot'", 'exclusions.scope_key']) }} as fact
    from scans
    inner join exclusions
        on
            scans.study_id = exclusions.study_id
            and exclusions.scope = 'spot'
            and exclusions.scope_key like scans.slide_id || '/B%'
    union all
    select
        scans.study_id,
        scans.batch_id,
        {{ row_hash([
            "'sample'",
            'samples.array_id',
            'samples.sample_id',
            'samples.batch_id',
            'samples.excluded_scope',
        ]) }} as fact
    from scans
    inner join samples
        on
            scans.study_id = samples.study_id
            and scans.slide_id = samples.slide_id
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
        batches.study_id,
        batches.batch_id,
        {{ row_hash([
            code_in_force(),
            'for_studies.facts',
            'for_batches.facts',
        ]) }} as batch_state
    from batches
    left join joined_for_studies as for_studies
        on batches.study_id = for_studies.study_id
    left join joined_for_batches as for_batches
        on
            batches.study_id = for_batches.study_id
            and batches.batch_id = for_batches.batch_id
)

select * from stated
