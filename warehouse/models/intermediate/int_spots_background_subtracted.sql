-- grain: study_id, slide_id, block, spot_row, spot_column, background_method
with

spots as (
    select *
    from {{ ref('stg_raw__spots') }}
    where {{ is_outdated_batch() }}
),

states as (select * from {{ ref('int_batch_states') }}),

samples as (select * from {{ ref('int_samples_released') }}),

targets as (select * from {{ ref('int_targets_resolved') }}),

panel_targets as (select * from {{ ref('stg_raw__panel_targets') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

minima as (select * from {{ ref('int_array_minima') }}),

fits as (select * from {{ ref('int_normexp_fitted') }}),

convolved as (select * from {{ ref('int_normexp_expected') }}),

exclusions as (select * from {{ ref('stg_quality__exclusions') }}),

listed_methods as (
    select distinct
        study_id,
        background_method
    from variants
    where background_method <> 'not_applicable'
),

found_spot_exclusions as (
    select *
    from exclusions
    where scope = 'spot'
),

found_target_exclusions as (
    select *
    from exclusions
    where scope = 'target'
),

-- what a name means is looked up once a name; spots are joined to it once
described_names as (
    select
        targets.study_id,
        targets.scanner_target_name,
        targets.scanner_target_id,
        targets.target_id,
        panel_targets.target_kind,
        excluded_targets.scope is not null as is_excluded_target
    from targets
    left join panel_targets
        on
            targets.study_id = panel_targets.study_id
            and targets.target_id = panel_targets.target_id
    left join found_target_exclusions as excluded_targets
        on
            targets.study_id = excluded_targets.study_id
            and targets.target_id = excluded_targets.scope_key
),

-- all that is known of a spot before its background is: once, however many methods there are
resolved as (
    select
        spots.*,
        names.target_id,
        names.target_kind,
        samples.sample_id,
        states.batch_state,
        minima.smallest_positive_afu,
        convolved.signal_afu,
        fits.fit_reason,
        spots.flag < 0 as is_flagged,
        coalesce(spots.foreground_afu >= 65535, false)
        or coalesce(spots.saturated_frac > 0.5, false) as is_saturated,
        case
            when samples.is_excluded then 'ledger_' || samples.excluded_scope
            when names.is_excluded_target then 'ledger_target'
            when excluded_spots.scope is not null then 'ledger_spot'
        end as ledger_rule
    from spots
    inner join states
        on
            spots.study_id = states.study_id
            and spots.batch_id = states.batch_id
    left join minima
        on
            spots.study_id = minima.study_id
            and spots.array_id = minima.array_id
    left join fits
        on
            spots.study_id = fits.study_id
            and spots.array_id = fits.array_id
    left join convolved
        on
            spots.study_id = convolved.study_id
            and spots.slide_id = convolved.slide_id
            and spots.block = convolved.block
            and spots.spot_row = convolved.spot_row
            and spots.spot_column = convolved.spot_column
    left join described_names as names
        on
            spots.study_id = names.study_id
            and spots.scanner_target_name = names.scanner_target_name
            and spots.scanner_target_id = names.scanner_target_id
    left join samples
        on
            spots.study_id = samples.study_id
            and spots.array_id = samples.array_id
    left join found_spot_exclusions as excluded_spots
        on
            spots.study_id = excluded_spots.study_id
            and {{ spot_key(
                'spots.slide_id', 'spots.block', 'spots.spot_row', 'spots.spot_column'
            ) }} = excluded_spots.scope_key
),

subtracted as (
    select
        resolved.*,
        methods.background_method,
        {{ net_signal(
            'methods.background_method',
            'resolved.foreground_afu',
            'resolved.background_afu',
            'resolved.smallest_positive_afu',
            'resolved.signal_afu'
        ) }} as net_afu,
        case
            when methods.background_method <> 'normexp' then 'no_positive_net'
            when resolved.fit_reason like 'normexp_degenerate%'
                then 'normexp_degenerate'
            else 'normexp_not_fitted'
        end as no_signal_rule
    from resolved
    inner join listed_methods as methods on resolved.study_id = methods.study_id
),

named_exclusions as (
    select
        *,
        case
            when target_id is null then 'not_in_panel'
            when ledger_rule is not null then ledger_rule
            when is_flagged then 'flagged'
            when is_saturated then 'saturated'
            when
                net_afu is null
                and foreground_afu is not null
                and background_afu is not null
                then no_signal_rule
            when net_afu is null then 'no_intensity'
            else ''
        end as exclusion_rule
    from subtracted
),

listed as (
    select
        study_id,
        slide_id,
        block,
        spot_row,
        spot_column,
        background_method,
        array_id,
        sample_id,
        batch_id,
        target_id,
        target_kind,
        foreground_afu,
        background_afu,
        net_afu,
        exclusion_rule,
        exclusion_rule = '' as is_kept,
        is_flagged,
        is_saturated,
        file_sha256,
        source_line,
        batch_state
    from named_exclusions
)

select * from listed
