-- grain: study_id, contrast_id, analyte_id, variant_id
with

analyses as (select * from {{ ref('stg_raw__plan') }}),

study_groups as (select * from {{ ref('stg_raw__groups') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

fold_changes as (select * from {{ ref('fct_fold_changes') }}),

measurements as (select * from {{ ref('fct_measurements') }}),

arms as (select * from {{ ref('int_samples_contrasted') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

results as (select * from {{ ref('fct_test_results') }}),

labels as (select * from {{ ref('rpt_sensitivities') }}),

kept_primary as (
    select
        results.*,
        analyses.alpha,
        analyses.min_abs_fold_change
    from results
    inner join analyses
        on
            results.study_id = analyses.study_id
            and results.analysis_id = analyses.analysis_id
    where
        analyses.kind = 'contrast'
        and analyses.mode = 'correct'
        and results.mode = 'correct'
        and results.is_primary
),

measured_detection as (
    select
        arms.study_id,
        arms.contrast_id,
        measurements.analyte_id,
        measurements.variant_id,
        count(*) filter (where measurements.measurement_class = 'below_lod')
        / nullif(count(*), 0) as below_lod_frac
    from arms
    inner join measurements
        on
            arms.study_id = measurements.study_id
            and arms.sample_id = measurements.sample_id
    group by all
),

counted_classes as (
    select
        arms.study_id,
        arms.contrast_id,
        measurements.analyte_id,
        measurements.variant_id,
        measurements.measurement_class,
        count(*) as n_samples
    from arms
    inner join measurements
        on
            arms.study_id = measurements.study_id
            and arms.sample_id = measurements.sample_id
    group by all
),

picked_commonest_class as (
    select *
    from counted_classes
    qualify
        row_number() over (
            partition by study_id, contrast_id, analyte_id, variant_id
            order by
                n_samples desc,
                measurement_class = 'quantified' asc,
                measurement_class asc
        ) = 1
),

joined as (
    select
        fold_changes.study_id,
        fold_changes.contrast_id,
        fold_changes.analyte_id,
        fold_changes.variant_id,
        variants.is_primary_variant,
        analytes.analyte_name,
        analytes.gene_symbols,
        fold_changes.numerator_group,
        fold_changes.denominator_group,
        coalesce(numerators.group_label, fold_changes.numerator_group)
            as numerator_label,
        coalesce(denominators.group_label, fold_changes.denominator_group)
            as denominator_label,
        fold_changes.mean_numerator_log2,
        fold_changes.mean_denominator_log2,
        fold_changes.signed_fold_change,
        fold_changes.change_log2fc,
        results.estimate as estimate_log2fc,
        results.ci_low as ci_low_log2fc,
        results.ci_high as ci_high_log2fc,
        coalesce(results.method, '') as method,
        results.p_value,
        results.p_adjusted,
        results.effect_size,
        results.detectable_effect as detectable_log2fc,
        results.detectable_effect_adjusted as detectable_adjusted_log2fc,
        coalesce(labels.sensitivity, '') as sensitivity,
        fold_changes.n_numerator,
        fold_changes.n_denominator,
        results.n_pairs,
        detection.below_lod_frac,
        coalesce(classes.measurement_class, 'missing') as measurement_class,
        coalesce(
            results.p_adjusted < results.alpha
            and (
                results.min_abs_fold_change <= 1
                or abs(fold_changes.signed_fold_change)
                >= results.min_abs_fold_change
            ),
            false
        ) as is_hit,
        coalesce(results.reason, 'the plan''s primary method gave no row') as reason
    from fold_changes
    inner join variants
        on
            fold_changes.study_id = variants.study_id
            and fold_changes.variant_id = variants.variant_id
    inner join analytes
        on
            fold_changes.study_id = analytes.study_id
            and fold_changes.analyte_id = analytes.analyte_id
    left join study_groups as numerators
        on
            fold_changes.study_id = numerators.study_id
            and fold_changes.numerator_group = numerators.group_code
    left join study_groups as denominators
        on
            fold_changes.study_id = denominators.study_id
            and fold_changes.denominator_group = denominators.group_code
    left join kept_primary as results
        on
            fold_changes.study_id = results.study_id
            and fold_changes.contrast_id = results.contrast_id
            and fold_changes.analyte_id = results.analyte_id
            and fold_changes.variant_id = results.variant_id
    left join labels
        on
            fold_changes.study_id = labels.study_id
            and fold_changes.contrast_id = labels.contrast_id
            and fold_changes.analyte_id = labels.analyte_id
            and fold_changes.variant_id = labels.variant_id
    left join measured_detection as detection
        on
            fold_changes.study_id = detection.study_id
            and fold_changes.contrast_id = detection.contrast_id
            and fold_changes.analyte_id = detection.analyte_id
            and fold_changes.variant_id = detection.variant_id
    left join picked_commonest_class as classes
        on
            fold_changes.study_id = classes.study_id
            and fold_changes.contrast_id = classes.contrast_id
            and fold_changes.analyte_id = classes.analyte_id
            and fold_changes.variant_id = classes.variant_id
),

judged as (
    select
        *,
        case
            when p_adjusted is null then 'not_computed'
            when is_hit and estimate_log2fc > 0 then 'higher'
            when is_hit and estimate_log2fc < 0 then 'lower'
            else 'not_shown'
        end as verdict
    from joined
),

worded as (
    select
        study_id,
        contrast_id,
        analyte_id,
        variant_id,
        analyte_name,
        gene_symbols,
        numerator_group,
        denominator_group,
        numerator_label,
        denominator_label,
        method,
        verdict,
        case verdict
            when 'higher'
                then 'higher in ' || numerator_label || ' than in ' || denominator_label
            when 'lower'
                then 'lower in ' || numerator_label || ' than in ' || denominator_label
            when 'not_shown' then 'no difference shown'
            else 'not computed'
        end as direction_in_words,
        sensitivity,
        measurement_class,
        reason,
        mean_numerator_log2,
        mean_denominator_log2,
        signed_fold_change,
        change_log2fc,
        estimate_log2fc,
        ci_low_log2fc,
        ci_high_log2fc,
        p_value,
        p_adjusted,
        effect_size,
        detectable_log2fc,
        detectable_adjusted_log2fc,
        below_lod_frac,
        n_numerator,
        n_denominator,
        n_pairs,
        is_hit,
        is_primary_variant
    from judged
)

select * from worded
