"""Each kind of data test finds the damage it is meant for; on the sound warehouse it is silent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import duckdb
import pytest

pytestmark = pytest.mark.xdist_group("dbt")

ONE_ROW = "(select min(rowid) from {0})"
DAMAGE = {
    "unique_grain_fct_measurements": [
        "insert into marts.fct_measurements select * from marts.fct_measurements limit 1"
    ],
    "unique_grain_rpt_volcano": [
        "update reporting.rpt_volcano set analyte_id = null "
        f"where rowid = {ONE_ROW.format('reporting.rpt_volcano')}"
    ],
    "finite_fct_measurements": ["update marts.fct_measurements set level_log2 = 'inf'"],
    "finite_fct_fold_changes": ["update marts.fct_fold_changes set change_log2fc = 'nan'"],
    "within_dim_patients": ["update marts.dim_patients set age_years = 120"],
    "present_rpt_differential": ["update reporting.rpt_differential set verdict = null"],
    "known_in_fct_fold_changes": ["update marts.fct_fold_changes set study_id = 'plate' "
                                  "where analyte_id = 'T12' and study_id = 'block'",
                                  "delete from marts.dim_analytes where study_id = 'plate'"],
    "accepted_values_fct_measurements_measurement_class": [
        "update marts.fct_measurements set measurement_class = 'fine'"],
    "assert_each_released_sample_and_analyte_has_one_primary_level": [
        "delete from marts.fct_measurements where analyte_id = 'T03'"],
    "assert_fold_changes_equal_differences_of_mean_levels": [
        "update marts.fct_fold_changes set signed_fold_change = -signed_fold_change"],
    "assert_paired_fold_changes_are_means_of_patient_changes": [
        "update marts.fct_patient_fold_changes set change_log2fc = change_log2fc + 1"],
    "assert_contrasts_of_three_groups_close": [
        "create temp table one as select * from marts.fct_fold_changes "
        "where study_id = 'block' and contrast_id = 'A_vs_C'",
        "insert into marts.fct_fold_changes select * replace ('X_vs_A' as contrast_id, "
        "'X' as numerator_group, 'A' as denominator_group, 1 as mean_numerator_log2, "
        "mean_numerator_log2 as mean_denominator_log2, 9 as change_log2fc, "
        "n_numerator as n_denominator) from one",
        "insert into marts.fct_fold_changes select * replace ('X_vs_C' as contrast_id, "
        "'X' as numerator_group, 1 as mean_numerator_log2) from one"],
    "assert_held_batches_have_no_row_in_a_mart": [
        "update marts.dim_batches set is_released = false"],
    "assert_levels_and_reasons_exclude_each_other": [
        "update marts.fct_measurements set level_reason = 'no reason'"],
    "assert_only_levels_below_the_limit_are_substituted": [
        "update marts.fct_measurements set is_lod_substituted = true "
        "where measurement_class = 'below_lod'"],
    "assert_every_scanned_slide_has_a_file_in_force": ["delete from raw.files"],
    "assert_median_normalised_arrays_share_one_median": [
        "update marts.fct_measurements set normalised_afu = 2 * normalised_afu "
        "where array_id = 'S1/B1'"],
    "assert_each_contrast_is_planned_once_per_mode": [
        "insert into raw.plan select * replace ('again' as analysis_id) from raw.plan"],
    "assert_table1_shares_add_up_to_one": ["update reporting.rpt_table1 set n = n + 1"],
    "assert_an_odds_ratio_and_its_p_agree": [
        "insert into stats.fct_odds_ratios by name select 'block' as study_id, 'o' as analysis_id, "
        "'exact_odds_ratio' as method, '' as pairing, '' as outcome, '' as visit, '' as event, "
        "'' as event_text, '' as numerator_group, '' as denominator_group, '' as zero_cell_rule, "
        "'' as reason, '' as plan_hash, 9 as n_persons, 0 as n_missing, 5 as n_numerator, "
        "4 as n_numerator_events, 4 as n_denominator, 1 as n_denominator_events, 2 as ci_low, "
        "4 as ci_high, 0.5 as p_value, false as is_interval_consistent, true as is_primary"],
    "assert_pain_responses_leave_nobody_out": [
        "update reporting.rpt_pain_responses set n = n + 1"],
    "within_rpt_pain_responses": ["update reporting.rpt_pain_responses set responder_frac = 40"],
    "accepted_values_fct_pain_responses_response": [
        "update marts.fct_pain_responses set response = 'better'"],
}  # fmt: skip


@pytest.fixture(scope="module")
def copy(small_studies, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    (path,) = small_studies.con.execute(
        "select path from duckdb_databases() where database_name = 'build'"
    ).fetchone()
    target = tmp_path_factory.mktemp("copy") / "build.duckdb"
    shutil.copy(path, target)
    con = duckdb.connect(str(target))
    yield con
    con.close()


def compiled(manifest: dict, prefix: str) -> list[str]:
    found = [
        n["compiled_code"] for n in manifest["nodes"].values()
        if n["resource_type"] == "test" and n["name"].startswith(prefix)
    ]  # fmt: skip
    assert found, prefix
    return found


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(small_studies, copy, name):
    tests = compiled(small_studies.manifest, name)
    copy.begin()
    try:
        assert all(copy.execute(sql).fetchone() is None for sql in tests)
        for statement in DAMAGE[name]:
            copy.execute(statement)
        assert any(copy.execute(sql).fetchone() is not None for sql in tests)
    finally:
        copy.rollback()


def test_every_singular_test_is_damaged_here(small_studies):
    singular = {n["name"] for n in small_studies.manifest["nodes"].values()
                if n["resource_type"] == "test" and n["name"].startswith("assert_")}  # fmt: skip
    assert singular == {n for n in DAMAGE if n.startswith("assert_")}
