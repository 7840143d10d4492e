"""The tables of a release, made by plain SQL from what a study loaded."""

from __future__ import annotations

#: A stand-in for the built tables: levels that depend on sample and target, means and tests
#: worked out from them, in the columns that the release gate reads.
BUILT = """
create schema marts; create schema stats; create schema reporting; create schema intermediate;

create table intermediate.int_batches_released as
select study_id, batch_id, content_hash from quality.batch_contents;

create table marts.dim_batches as
select study_id, batch_id, 'released' as gate_status from quality.batch_contents;

create table marts.dim_variants as
select study_id, 'subtract_median' as variant_id from raw.studies;

create table marts.dim_samples as
select study_id, sample_id, patient_id, visit, group_code, slide_id, batch_id, lot,
    visit = 'baseline' as is_baseline, false as is_excluded
from raw.samples where group_code <> 'empty';

create table marts.dim_patients as
select study_id, patient_id from raw.patients
where patient_id in (select patient_id from marts.dim_samples);

create table marts.dim_patient_attributes (
    study_id varchar, patient_id varchar, attribute_id varchar, level varchar
);

create table marts.dim_analytes as
select study_id, target_id as analyte_id, true as is_reportable
from raw.panel_targets where target_kind = 'analyte' and target_order <= 6;

create table stats.fct_odds_ratios as
select study_id, analysis_id, primary_method as method, 0.5 as p_value, '' as reason
from raw.plan where kind = 'odds_ratio';

create table stats.fct_prediction_models as
select study_id, analysis_id, 0.6 as auc_cv, '' as reason from raw.plan where kind = 'prediction';

create table stats.fct_predictions as
select p.study_id, p.analysis_id, a.analyte_id, 0.5 as p_value, '' as reason
from raw.plan as p inner join marts.dim_analytes as a on p.study_id = a.study_id
where p.kind = 'prediction';

create table marts.dim_analyte_genes as
select study_id, analyte_id, 'G' as gene_symbol from marts.dim_analytes;

create table marts.dim_arrays as
select study_id, slide_id || '/B' || block as array_id
from raw.spots group by study_id, slide_id, block;

create table marts.fct_array_quality as
select *, 'alike' as outlier_verdict, false as is_excluded from marts.dim_arrays;

create table marts.dim_lots (study_id varchar, lot varchar);

create table marts.fct_bridging_factors (
    study_id varchar, scope varchar, scope_id varchar, analyte_id varchar, variant_id varchar
);

create table marts.fct_control_charts as
select study_id, array_id, 'NEG' as control_id from marts.dim_arrays;

create table marts.fct_sample_matches as
select study_id, sample_id, 'other' as other_visit, null::varchar as exchanged_sample_id
from marts.dim_samples;

create table marts.fct_measurements as
select s.study_id, s.sample_id, a.analyte_id, 'subtract_median' as variant_id,
    10 + (hash(s.sample_id || a.analyte_id) % 1000) / 250.0 as level_log2, '' as level_reason
from marts.dim_samples as s cross join marts.dim_analytes as a;

create table arms as
select s.*, p.contrast_id, p.numerator_group, p.denominator_group, p.pairing,
    s.group_code = p.numerator_group as is_numerator
from marts.dim_samples as s
inner join (
    select distinct contrast_id, numerator_group, denominator_group, pairing
    from raw.plan where kind = 'contrast' and mode = 'correct'
) as p on s.group_code in (p.numerator_group, p.denominator_group);

create table intermediate.int_samples_contrasted as
select study_id, contrast_id, sample_id,
    if(is_numerator, 'numerator', 'denominator') as arm
from arms;

-- the founding study's controls are younger than its patients, as the paper prints
update raw.patients set age_years = 50 + hash(patient_id) % 2;

create table marts.fct_fold_changes as
select *, num - den as change_log2fc, power(2, num - den) as ratio_geometric,
    power(2, num - den) as ratio_arithmetic,
    num as mean_numerator_log2, den as mean_denominator_log2,
    if(num >= den, power(2, num - den), -power(2, den - num)) as signed_fold_change
from (
    select arms.study_id, contrast_id, analyte_id, variant_id, pairing,
        any_value(numerator_group) as numerator_group,
        any_value(denominator_group) as denominator_group,
        avg(level_log2) filter (where is_numerator) as num,
        avg(level_log2) filter (where not is_numerator) as den,
        count(*) filter (where is_numerator) as n_numerator,
        count(*) filter (where not is_numerator) as n_denominator
    from arms inner join marts.fct_measurements using (sample_id)
    group by all
);

create table marts.fct_patient_fold_changes as
select study_id, 'P' as patient_id, analyte_id, 'follow_up' as visit, variant_id,
    10.0::double as baseline_log2, 11.0::double as level_log2, 1.0::double as change_log2fc
from marts.fct_measurements group by all;

create table marts.fct_outcomes as
select study_id, patient_id, visit, instrument_id, site_id from raw.assessments;

create table stats.fct_test_results as
select p.study_id, p.analysis_id, p.contrast_id, a.analyte_id, p.primary_method as method,
    '' as stratum, 'subtract_median' as variant_id, p.mode, f.change_log2fc as estimate,
    f.change_log2fc - 1 as ci_low, f.change_log2fc + 1 as ci_high, 2.0::double as statistic,
    0.04::double as p_value, 0.2::double as p_adjusted, 0.3::double as p_adjusted_global,
    0.5::double as effect_size, coalesce(f.n_numerator, 0) as n_numerator,
    coalesce(f.n_denominator, 0) as n_denominator,
    if(p.pairing = 'patient', f.n_numerator, null) as n_pairs, '' as reason
from raw.plan as p
cross join marts.dim_analytes as a
left join marts.fct_fold_changes as f
    on p.contrast_id = f.contrast_id and a.analyte_id = f.analyte_id
where p.kind <> 'outcome';

create table stats.fct_outcome_tests as
select study_id, analysis_id, primary_method as method, 0.01::double as p_value, '' as reason
from raw.plan where kind = 'outcome';

create table reporting.rpt_differential as
select study_id, contrast_id, analyte_id from marts.fct_fold_changes;

create table reporting.rpt_variant_differential as
select study_id, contrast_id, analyte_id, variant_id from marts.fct_fold_changes;

create table stats.fct_variant_tests as from reporting.rpt_variant_differential;

create table reporting.rpt_robustness as from reporting.rpt_differential;

create table stats.fct_cluster_leaves as
select study_id, 'all' as selection, 'targets' as axis, analyte_id as item_id
from marts.dim_analytes;

create table stats.fct_clusterings as
select distinct study_id, selection, axis from stats.fct_cluster_leaves;

create table stats.fct_clusters (
    study_id varchar, selection varchar, axis varchar, merge_number bigint
);

create table stats.fct_z_scores as
select study_id, 'all' as selection, sample_id, analyte_id from marts.fct_measurements;

create table stats.fct_principal_components (
    study_id varchar, selection varchar, component bigint, axis varchar, item_id varchar
);

create table reporting.rpt_reanalyses (
    study_id varchar, analysis_name varchar, contrast_id varchar, analyte_id varchar
);
"""
