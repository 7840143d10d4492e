"""One seeded fault per rule of the release gate, on the small tables of release_tables.py."""

from __future__ import annotations

import pytest

import expectations
from expectations.release_rules import RELEASE_RULES
from tests.faults.expectations.release_tables import BUILT

STUDY = "founding"


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


@pytest.mark.parametrize(
    "fault",
    ["delete from stats.fct_prediction_models", "delete from stats.fct_predictions",
     "update stats.fct_prediction_models set auc_cv = null",
     "update stats.fct_predictions set p_value = null"],
)  # fmt: skip
def test_a_prediction_that_says_nothing_is_noticed(built, fault):
    built.execute(fault)
    run = expectations.run_release_gate(built, STUDY)
    assert "plan_answered" in [r.rule_id for r in run.broken]
    assert any("predict_pain_follow_up" in r.message for r in run.broken)


def test_a_refused_prediction_answers_with_its_reason(built):
    built.execute("update stats.fct_prediction_models set auc_cv = null, reason = 'too few'")
    assert not expectations.run_release_gate(built, STUDY).broken


def test_an_odds_ratio_without_a_row_is_noticed(built):
    built.execute("delete from stats.fct_odds_ratios where analysis_id = 'odds_pain'")
    run = expectations.run_release_gate(built, STUDY)
    assert [r.rule_id for r in run.broken] == ["plan_answered"]
    assert "odds_pain" in run.broken[0].message


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
