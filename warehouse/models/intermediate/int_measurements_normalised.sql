-- grain: study_id, sample_id, analyte_id, variant_id
with

samples as (
    select *
    from {{ ref('int_samples_released') }}
    where {{ is_outdated_batch() }}
),

states as (select * from {{ ref('int_level_states') }}),

panel_targets as (select * from {{ ref('stg_raw__panel_targets') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

replicates as (select * from {{ ref('int_replicates_averaged') }}),

limits as (select * from {{ ref('int_detection_limits') }}),

factors as (select * from {{ ref('int_normalisation_factors') }}),

mapped as (select * from {{ ref('int_levels_mapped') }}),

framed as (
    select
        samples.study_id,
        samples.sample_id,
        panel_targets.target_id as analyte_id,
        variants.variant_id,
        panel_targets.platform_id,
        samples.array_id,
        samples.batch_id,
        variants.background_method,
        variants.replicate_rule,
        variants.lod_rule,
        variants.below_lod_policy,
        variants.normalisation_method,
        variants.is_primary_variant,
        variants.is_reported_variant,
        samples.file_sha256,
        states.batch_state
    from samples
    inner join states
        on
            samples.study_id = states.study_id
            and samples.batch_id = states.batch_id
    inner join panel_targets on samples.study_id = panel_targets.study_id
    inner join variants on samples.study_id = variants.study_id
    where samples.array_id is not null and panel_targets.target_kind = 'analyte'
),

scaled as (
    select
        framed.*,
        replicates.net_afu,
        coalesce(replicates.net_afu * factors.factor, mapped.normalised_afu)
            as normalised_afu,
        limits.lod_afu as unscaled_lod_afu,
        limits.lod_afu * factors.factor as lod_afu,
        replicates.cv_frac,
        coalesce(replicates.cv_reason, 'no spot of this target on the array')
            as cv_reason,
        coalesce(replicates.n_spots, 0) as n_spots,
        coalesce(replicates.n_spots_kept, 0) as n_spots_kept,
        coalesce(replicates.n_spots_excluded, 0) as n_spots_excluded,
        coalesce(replicates.n_spots_flagged, 0) as n_spots_flagged,
        coalesce(replicates.n_spots_saturated, 0) as n_spots_saturated,
        coalesce(replicates.exclusion_rules, '') as exclusion_rules,
        coalesce(replicates.is_replicate_flagged, false) as is_replicate_flagged,
        coalesce(
            factors.factor_reason, mapped.map_reason, 'no target of the array was kept'
        ) as scaling_reason
    from framed
    left join replicates
        on
            framed.study_id = replicates.study_id
            and framed.array_id = replicates.array_id
            and framed.analyte_id = replicates.target_id
            and framed.background_method = replicates.background_method
            and framed.replicate_rule = replicates.replicate_rule
    left join limits
        on
            framed.study_id = limits.study_id
            and framed.array_id = limits.array_id
            and framed.background_method = limits.background_method
            and framed.lod_rule = limits.lod_rule
    left join factors
        on
            framed.study_id = factors.study_id
            and framed.array_id = factors.array_id
            and framed.background_method = factors.background_method
            and framed.replicate_rule = factors.replicate_rule
            and framed.normalisation_method = factors.normalisation_method
    left join mapped
        on
            framed.study_id = mapped.study_id
            and framed.array_id = mapped.array_id
            and framed.analyte_id = mapped.target_id
            and framed.background_method = mapped.background_method
            and framed.replicate_rule = mapped.replicate_rule
            and framed.normalisation_method = mapped.normalisation_method
),

classified as (
    select
        *,
        case
            when n_spots_kept = 0 and n_spots_saturated > 0 then 'saturated'
            when n_spots_kept = 0 and n_spots_flagged > 0 then 'flagged'
            when n_spots_kept = 0 then 'missing'
            when net_afu <= 0 or net_afu < unscaled_lod_afu then 'below_lod'
            else 'quantified'
        end as measurement_class
    from scaled
),

-- without a limit above 0 there is nothing to put in place of what was measured
chosen_policy as (
    select
        *,
        coalesce(
            below_lod_policy = 'lod_sqrt2'
            and measurement_class = 'below_lod'
            and lod_afu > 0,
            false
        ) as is_lod_substituted
    from classified
),

substituted as (
    select
        *,
        case
            when is_lod_substituted then lod_afu / sqrt(2e0)
            else normalised_afu
        end as level_afu
    from chosen_policy
),

levelled as (
    select
        *,
        {{ safe_log2('level_afu') }} as level_log2
    from substituted
),

explained as (
    select
        study_id,
        sample_id,
        analyte_id,
        variant_id,
        platform_id,
        array_id,
        batch_id,
        measurement_class,
        level_log2,
        case
            when level_log2 is not null then ''
            when n_spots = 0 then 'no spot of this target on the array'
            when n_spots_kept = 0
                then 'every spot was excluded (' || exclusion_rules || ')'
            when scaling_reason <> '' then 'not normalised: ' || scaling_reason
            else 'the net signal is not positive'
        end as level_reason,
        below_lod_policy,
        level_afu,
        net_afu,
        normalised_afu,
        lod_afu,
        cv_frac,
        cv_reason,
        n_spots,
        n_spots_excluded,
        is_lod_substituted,
        is_replicate_flagged,
        is_primary_variant,
        is_reported_variant,
        file_sha256,
        batch_state
    from levelled
)

select * from explained
