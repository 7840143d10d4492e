"""One seeded fault per rule of the release gate, on small tables built here by plain SQL."""

from __future__ import annotations

import pytest

import expectations
from expectations.release_rules import RELEASE_RULES

STUDY = "founding"

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


@pytest.fixture
def built(con):
    """A judged batch with built tables."""
    expectations.run_batch_gate(con, STUDY, "SYN-01", suite=())
    con.execute("update quality.gate_runs set verdict = 'released'")
    con.execute(BUILT)
    return con


ONE = "analyte_id = 'ENA_78'"
FAULTS = {
    "marts_are_current": "update quality.gate_runs set verdict = 'held'",
    "no_mart_empty": "delete from marts.fct_outcomes",
    "mart_keys_unique": "insert into marts.dim_patients select * from marts.dim_patients limit 1",
    "levels_finite": f"update marts.fct_measurements set level_log2 = 'inf' where {ONE}",
    "levels_explained": f"update marts.fct_measurements set level_log2 = null where {ONE}",
    "measurements_complete": f"delete from marts.fct_measurements where {ONE}",
    "plan_answered": "update stats.fct_test_results set p_value = null "
    f"where {ONE} and analysis_id = 'corr_pain_baseline'",
    "groups_share_batches": "update marts.dim_samples set batch_id = 'OTHER' where group_code = 'C'",
    "arrays_like_their_batch": "update marts.fct_array_quality set outlier_verdict = 'apart' "
    "where array_id = (select min(array_id) from marts.dim_arrays)",
    "samples_like_their_person": "update marts.fct_sample_matches set exchanged_sample_id = 'x' "
    "where sample_id = (select min(sample_id) from marts.dim_samples)",
    "group_slide_confounded": "update marts.dim_samples set slide_id = 'OWN' "
    "where group_code = 'C'",
    "group_lot_confounded": "update marts.dim_samples set lot = 'OTHER' where group_code = 'C'",
    "group_date_confounded": [
        "update marts.dim_samples set slide_id = patient_id",
        "insert into raw.files by name select distinct d.study_id, sha256(d.patient_id) as "
        "file_sha256, 'slide' as role, d.patient_id as slide_id, 1 as n_bytes, 'utf-8' as "
        "encoding, 'LF' as line_end, 1 as n_rows_in, 1 as n_rows_loaded, 0 as "
        "n_rows_quarantined, 0 as n_rows_unchanged, 'load-1' as load_id, "
        "timestamptz '2026-01-01' as loaded_at from marts.dim_samples as d",
        "insert into raw.scan_headers by name select study_id, file_sha256, 1 as record_number, "
        "'DateTime' as header_key, if(slide_id like 'C%', '2020/01/02 10:00:00', "
        "'2020/01/01 11:00:00') as header_text from raw.files where file_sha256 = "
        "sha256(slide_id)",
    ],
    "group_centre_confounded": "update raw.patients set centre_id = 'other' "
    "where cohort = 'control'",
    "visits_on_different_slides": "update marts.dim_samples set slide_id = 'SYN-S01' where "
    "sample_id in (select sample_id from marts.dim_samples where group_code = 'B' "
    "and slide_id = 'SYN-S02' order by sample_id limit 2)",
    "age_balanced": "update raw.patients set age_years = age_years - 1 where cohort = 'control'",
    "sex_balanced": "update raw.patients set sex = 'male' where patient_id in (select patient_id "
    "from marts.dim_samples where group_code = 'C' order by patient_id limit 1)",
    "fold_changes_complete": "delete from marts.fct_fold_changes "
    f"where {ONE} and contrast_id = 'A_vs_C'",
    "fold_changes_finite": "update marts.fct_fold_changes set ratio_arithmetic = 'nan' "
    f"where {ONE}",
    "fold_changes_explained": f"update marts.fct_fold_changes set change_log2fc = null where {ONE}",
    "fold_changes_match_means": "update marts.fct_fold_changes set ratio_geometric = "
    f"ratio_geometric * (1 + 1e-8) where {ONE}",
    "fold_changes_match_tests": "update stats.fct_test_results set estimate = estimate + 2e-9 "
    f"where {ONE} and analysis_id = 'b_vs_a'",
    "fold_changes_match_counts": "update stats.fct_test_results set n_pairs = n_pairs - 1 "
    f"where {ONE} and analysis_id = 'b_vs_a'",
    "patient_fold_changes_finite": "update marts.fct_patient_fold_changes set "
    f"change_log2fc = '-inf' where {ONE}",
    "p_values_in_range": f"update stats.fct_test_results set p_adjusted = 1.01 where {ONE}",
    "tests_finite": f"update stats.fct_test_results set statistic = 'nan' where {ONE}",
}


def test_clean_tables_are_released(built):
    run = expectations.run_release_gate(built, STUDY)
    assert not run.broken
    assert (run.gate, run.scope_id, run.verdict) == ("release", "release", "released")
    assert {r.rule_id for r in run.results} == {r.rule_id for r in RELEASE_RULES} | {
        "suite_complete"
    }
    assert all(r.n_checked > 0 for r in run.results)


@pytest.mark.parametrize("rule_id", FAULTS)
def test_a_seeded_fault_is_caught_by_its_rule_alone(built, rule_id):
    for statement in [FAULTS[rule_id]] if isinstance(FAULTS[rule_id], str) else FAULTS[rule_id]:
        assert built.execute(statement).fetchone()[0] > 0
    run = expectations.run_release_gate(built, STUDY)
    assert [r.rule_id for r in run.broken] == [rule_id]
    held = next(r.severity for r in RELEASE_RULES if r.rule_id == rule_id) != "warning"
    assert run.verdict == ("held" if held else "released")


def test_every_rule_of_the_release_gate_has_a_seeded_fault():
    assert set(FAULTS) | {"some_batch_released"} == {r.rule_id for r in RELEASE_RULES}


def test_marts_of_an_older_content_are_not_current(built):
    built.execute("update raw.assessments set file_sha256 = 'new' where score > 5")
    built.execute(
        "update quality.gate_runs set content_hash = c.content_hash "
        "from quality.batch_contents as c where c.batch_id = scope_id"
    )
    run = expectations.run_release_gate(built, STUDY)
    assert [r.rule_id for r in run.broken] == ["marts_are_current"]
    assert run.verdict == "held"


AGE_RULE = tuple(r for r in RELEASE_RULES if r.rule_id == "age_balanced")


def _let_through(built, *, content_hash):
    """A batch that one critical rule holds, accepted for a content; its marts say accepted."""
    built.execute("update quality.gate_runs set verdict = 'held'")
    built.execute("update marts.dim_batches set gate_status = 'accepted'")
    built.execute("update quality.gate_results set severity = 'critical', outcome = 'fail'")
    built.execute(
        "insert into quality.acceptances by name select distinct g.study_id, "
        f"g.scope_id as batch_id, g.rule_id, {content_hash} as content_hash, 'why' as reason, "
        "'anna' as accepted_by, timestamptz '2026-01-01' as accepted_at "
        "from quality.gate_results as g inner join quality.gate_runs as r using (gate_run_id)"
    )
    assert built.execute("select count(*) from quality.acceptances").fetchone()[0] > 0


def test_a_batch_accepted_in_its_present_content_is_current(built):
    _let_through(built, content_hash="r.content_hash")
    assert not expectations.run_release_gate(built, STUDY).broken


def test_an_acceptance_of_another_content_counts_for_nothing(built):
    _let_through(built, content_hash="'older'")
    run = expectations.run_release_gate(built, STUDY)
    assert [r.rule_id for r in run.broken] == ["marts_are_current"]


def test_an_accepted_batch_that_still_stands_as_held_is_not_current(built):
    _let_through(built, content_hash="r.content_hash")
    built.execute("update marts.dim_batches set gate_status = 'held'")
    run = expectations.run_release_gate(built, STUDY)
    assert {r.rule_id for r in run.broken} == {"marts_are_current", "some_batch_released"}


def test_ages_that_were_set_aside_enter_no_balance(built):
    built.execute(FAULTS["age_balanced"])
    built.execute(
        "insert into quality.quarantine by name select study_id, file_sha256, "
        "'patients' as role, source_line, 'age_years' as column_name, 'age_range' as rule_id, "
        "'why' as reason, 'load' as load_id, true as is_open, patient_id as row_id, "
        "'open' as state, false as is_releasable, 'd' as row_digest "
        "from raw.patients where cohort = 'control'"
    )
    assert not expectations.run_release_gate(built, STUDY, suite=AGE_RULE).broken


def test_no_released_batch_is_no_release(built):
    built.execute("update marts.dim_batches set gate_status = 'held'")
    built.execute("update quality.gate_runs set verdict = 'held'")
    run = expectations.run_release_gate(built, STUDY)
    assert run.verdict == "held"
    assert [r.rule_id for r in run.broken] == ["some_batch_released"]


def test_tables_that_were_never_built_are_held(con):
    run = expectations.run_release_gate(con, STUDY)
    assert run.verdict == "held"
    assert {r.outcome for r in run.results if r.rule_id != "suite_complete"} == {"error"}


def test_an_unknown_study_is_held(built):
    assert expectations.run_release_gate(built, "nobody").verdict == "held"


def test_an_empty_suite_is_held(built):
    assert expectations.run_release_gate(built, STUDY, suite=()).verdict == "held"


def test_an_analysis_may_answer_with_a_reason(built):
    built.execute(
        "update stats.fct_test_results set p_value = null, estimate = null, reason = 'two pairs' "
        f"where {ONE}"
    )
    assert not expectations.run_release_gate(built, STUDY).broken


def test_a_named_analysis_does_not_answer_for_the_primary_variant(built):
    built.execute("update stats.fct_test_results set variant_id = 'subtract_quantile' "
                  "where analysis_id = 'corr_pain_baseline'")  # fmt: skip
    run = expectations.run_release_gate(built, STUDY)
    assert [r.rule_id for r in run.broken] == ["plan_answered"]


def test_an_outcome_analysis_without_a_row_is_noticed(built):
    built.execute("delete from stats.fct_outcome_tests where analysis_id = 'pain_change'")
    run = expectations.run_release_gate(built, STUDY)
    assert [r.rule_id for r in run.broken] == ["plan_answered"]
    assert "pain_change" in run.broken[0].message


def test_a_group_that_is_not_there_yet_leaves_a_fold_change_without_value(built):
    built.execute("delete from marts.fct_measurements where sample_id in "
                  "(select sample_id from marts.dim_samples where group_code = 'C')")  # fmt: skip
    built.execute("delete from marts.dim_samples where group_code = 'C'")
    built.execute(
        "update marts.fct_fold_changes set mean_denominator_log2 = null, change_log2fc = null, "
        "ratio_geometric = null, ratio_arithmetic = null, signed_fold_change = null, "
        "n_denominator = 0 where denominator_group = 'C'"
    )
    built.execute(
        "update stats.fct_test_results set estimate = null, p_value = null, reason = 'one arm' "
        "where contrast_id in ('A_vs_C', 'B_vs_C')"
    )
    assert not expectations.run_release_gate(built, STUDY).broken
