"""One seeded fault per rule of the batch gate, caught by that rule and no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import expectations
from expectations.batch_rules import BATCH_RULES, IDENTITY_RULES, VALUE_RULES

STUDY, BATCH = "founding", "SYN-01"
ARRAY = "slide_id = 'SYN-S01' and block = (select min(block) from raw.samples where slide_id = 'SYN-S01' and group_code <> 'empty')"
KIND = "(select target_kind from raw.panel_targets as t where t.target_id = raw.spots.target_id)"
ONE_NEG = f"{ARRAY} and target_id = 'NEG' and spot_column = 16"


def only(*rule_ids):
    """A suite of a few rules, where the others have been asked elsewhere."""
    return tuple(rule for rule in BATCH_RULES if rule.rule_id in rule_ids)


STRUCTURE = only(
    "spots_per_array", "targets_as_listed", "replicates_per_target", "array_has_sample",
    "intensities_in_range",
)  # fmt: skip


def test_a_clean_batch_raises_nothing(con):
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert run.verdict == "released", run.broken
    assert not run.broken
    assert all(r.n_checked > 0 or r.rule_id in MAY_BE_NONE for r in run.results)


MAY_BE_NONE = {"empty_blocks_dark", "own_thresholds_valid"}

#: The columns that a scanner computes from others, as it would have written them.
COMPUTED = """create or replace temp table spot_json as
select study_id, file_sha256, source_line, to_json({
    'F532 Median - B532': (foreground_median_afu - background_median_afu)::integer::varchar,
    'SNR 532': printf('%.3f', (foreground_mean_afu - background_mean_afu) / background_sd_afu),
    'F532 CV': floor(100 * foreground_sd_afu / foreground_mean_afu)::integer::varchar,
    'F532 Total Intensity': (foreground_mean_afu * n_foreground_pixels)::bigint::varchar,
    'Ratio of Medians (635/532)': '2.000', 'Log Ratio (635/532)': '1.000'
})::varchar as extras_json from raw.spots where channel_nm = 532"""
#: The same as raw.spot_extras holds them: one row a column.
PACKED = """delete from raw.spot_extras;
insert into raw.spot_extras
select c.study_id, c.file_sha256, f.print_id,
    row_number() over (partition by c.study_id, c.file_sha256 order by title), title, null,
    string_agg(json_extract_string(extras_json, '$."' || title || '"'), chr(10)
        order by p.spot_number)
from (select *, unnest(json_keys(extras_json)) as title from spot_json) as c
inner join file_prints as f on c.study_id = f.study_id and c.file_sha256 = f.file_sha256
inner join raw.printed_spots as p
    on f.study_id = p.study_id and f.print_id = p.print_id and c.source_line = p.source_line
group by c.study_id, c.file_sha256, f.print_id, title"""
ONE_ROW = "source_line = (select max(source_line) from raw.spots)"


def edited(title, text):
    """Statements that give one row of every file another text in a computed column."""
    return [COMPUTED, "update spot_json set extras_json = json_merge_patch(extras_json, "
            f"'{{\"{title}\": \"{text}\"}}')::varchar where {ONE_ROW}", PACKED]  # fmt: skip


FAULTS = {
    "net_as_computed": edited("F532 Median - B532", "-9999"),
    "snr_as_computed": edited("SNR 532", "4711.000"),
    "cv_as_computed": edited("F532 CV", "4711"),
    "total_as_computed": edited("F532 Total Intensity", "1"),
    "log_ratio_as_computed": edited("Log Ratio (635/532)", "1.030"),
    "slides_delivered": [
        "delete from raw.spots where slide_id = 'SYN-S02'",
        "delete from raw.files where slide_id = 'SYN-S02'",
    ],
    "slide_in_one_batch": [
        "update raw.samples set batch_id = 'OTHER' where sample_id = (select min(sample_id) "
        "from raw.samples where group_code = 'C')",
    ],
    "spot_columns": ["alter table raw.spots drop column diameter_um"],
    "spots_per_array": [f"delete from raw.spots where {ONE_NEG} and spot_row = 11"],
    "targets_as_listed": [
        f"update raw.spots set target_name = 'Lepton', target_id = 'LEPTON' where {ONE_NEG} "
        "and spot_row = 11"
    ],
    "replicates_per_target": [
        "update raw.spots set target_name = 'IL-8', target_id = 'IL_8' "
        f"where {ARRAY} and target_id = 'IL_6' and spot_column % 2 = 0"
    ],
    "intensities_filled": [
        f"update raw.spots set foreground_median_afu = null where {ONE_NEG} and spot_row = 11"
    ],
    "intensities_in_range": [
        f"update raw.spots set background_mean_afu = 65536 where {ONE_NEG} and spot_row = 11"
    ],
    "array_has_sample": [
        "delete from raw.samples where sample_id = (select min(sample_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "array_has_one_sample": [
        "insert into raw.samples by name select * replace ('twin' as sample_id, "
        "'empty' as group_code, null as patient_id, null as visit) from raw.samples "
        "where sample_id = (select min(sample_id) from raw.samples where group_code = 'C')"
    ],
    "flagged_spots": [
        f"update raw.spots set flag = -50 where {ARRAY} and {KIND} = 'analyte' and spot_row < 6"
    ],
    "saturated_spots": [
        f"update raw.spots set foreground_median_afu = 65535 where {ARRAY} and "
        f"{KIND} = 'analyte' and spot_row = 5"
    ],
    "background_level": [
        "update raw.spots set foreground_median_afu = foreground_median_afu + 2000, "
        f"background_median_afu = background_median_afu + 2000 where {ARRAY}"
    ],
    "background_gradient": [
        "update raw.spots set foreground_median_afu = foreground_median_afu + 15 * spot_row, "
        f"background_median_afu = background_median_afu + 15 * spot_row where {ARRAY}"
    ],
    "array_signal": [
        f"update raw.spots set foreground_median_afu = background_median_afu - 5 where {ARRAY} "
        f"and {KIND} = 'analyte' and spot_row < 8"
    ],
    "duplicate_cv": [
        "update raw.spots set foreground_median_afu = background_median_afu + "
        f"(foreground_median_afu - background_median_afu) / 2 where {ARRAY} and "
        f"{KIND} = 'analyte' and spot_column % 2 = 0"
    ],
    "positive_above_negative": [
        "update raw.spots set foreground_median_afu = background_median_afu "
        f"where {ARRAY} and target_id = 'POS3'"
    ],
    "positive_in_order": [
        "update raw.spots set foreground_median_afu = background_median_afu + "
        "(foreground_median_afu - background_median_afu) / 20 "
        f"where {ARRAY} and target_id = 'POS1'"
    ],
    "spots_as_laid_out": [
        "update raw.spots set target_name = if(target_id = 'IL_6', 'IL-8', 'IL-6'), "
        "target_id = if(target_id = 'IL_6', 'IL_8', 'IL_6') "
        f"where {ARRAY} and target_id in ('IL_6', 'IL_8')"
    ],
    "negative_level": [
        f"update raw.spots set foreground_median_afu = background_median_afu + 1000 where {ARRAY} "
        "and target_id = 'NEG'"
    ],
    "empty_blocks_dark": [
        "update raw.samples set group_code = 'empty', patient_id = null, visit = null "
        "where sample_id = (select min(sample_id) from raw.samples where group_code = 'C')"
    ],
    "sample_ids_unique": [
        "update raw.samples set sample_id = (select min(sample_id) from raw.samples "
        "where group_code = 'C') where sample_id = (select max(sample_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "one_sample_per_visit": [
        "update raw.samples set patient_id = (select min(patient_id) from raw.samples "
        "where group_code = 'C') where sample_id = (select max(sample_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "patient_known": [
        "delete from raw.patients where patient_id = (select min(patient_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "group_as_declared": [
        "update raw.samples set group_code = 'B' where sample_id = (select min(sample_id) "
        "from raw.samples where group_code = 'C')"
    ],
    "age_in_range": [
        "update raw.patients set age_years = 150 where patient_id = (select min(patient_id) "
        "from raw.samples where group_code = 'A')"
    ],
    "baseline_assessed": [
        "delete from raw.assessments where visit = 'baseline' and patient_id = "
        "(select min(patient_id) from raw.samples where group_code = 'A')"
    ],
    "instruments_known": [
        "update raw.assessments set instrument_id = 'unheard_of' where visit = 'follow_up' "
        "and instrument_id = 'qol_unnamed' and patient_id = (select min(patient_id) "
        "from raw.samples where group_code = 'A')"
    ],
    "scores_in_range": [
        "update raw.assessments set score = 14 where visit = 'follow_up' "
        "and instrument_id = 'vas_pain_0_10' and patient_id = (select min(patient_id) "
        "from raw.samples where group_code = 'A')"
    ],
    "rows_set_aside": [
        "insert into quality.quarantine select 'founding', 'f', 'assessments', 900 + i, 'score', "
        "null, 'SYN-01', 'score_range', 'out of range', 'load', true, 'Q', 'open', false, '' from range(6) as r (i)"
    ],
    "groups_share_slides": [
        "insert into raw.study_groups values ('founding', 'D', 'D', 'patient', 'baseline', 4)",
        "update raw.samples set group_code = 'D' where group_code = 'A' and slide_id = 'SYN-S01'",
        "update raw.plan set numerator_group = 'D' where analysis_id = 'b_vs_a'",
        "delete from raw.plan where analysis_id <> 'b_vs_a'",
    ],
    "own_thresholds_valid": [
        "insert into raw.study_thresholds values ('founding', 'spots_per_array', 9, 'we like it')"
    ],
}  # fmt: skip


def spoil(con, statements):
    for statement in statements:
        before = con.execute("select 1").fetchone()
        n = con.execute(statement).fetchone()
        assert before
        assert statement.startswith("alter") or (n and n[0] > 0), f"nothing was spoilt: {statement}"


@pytest.mark.parametrize("rule_id", FAULTS)
def test_a_seeded_fault_is_caught_by_its_rule_alone(con, rule_id):
    spoil(con, FAULTS[rule_id])
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert [r.rule_id for r in run.broken] == [rule_id]
    found = run.broken[0]
    assert found.outcome == "fail"
    assert found.n_failed > 0
    assert run.verdict == ("released" if found.severity == "warning" else "held")


def test_every_rule_of_the_batch_gate_has_a_seeded_fault():
    by_hand = {"batch_delivered"} | {r.rule_id for r in VALUE_RULES}
    assert set(FAULTS) | by_hand == {r.rule_id for r in BATCH_RULES}


def test_a_batch_without_any_file_says_so_in_two_rules(con):
    con.execute("delete from raw.spots")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert {r.rule_id for r in run.broken} == {"batch_delivered", "slides_delivered"}
    assert run.verdict == "held"


def test_zero_rows_are_held(con):
    con.execute("delete from raw.samples")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert run.verdict == "held"
    assert "There are no samples to judge." in {r.message for r in run.broken}
    con.execute("delete from raw.spots where slide_id <> 'SYN-S01' or block > 1 or spot_row > 1")
    con.execute("update raw.spots set channel_nm = 635")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert run.verdict == "held"
    assert "There are no arrays to judge." in {r.message for r in run.broken}


def test_spots_in_quarantine_explain_the_gap_they_leave(con):
    con.execute(f"delete from raw.spots where {ONE_NEG} and spot_row = 11")
    con.execute(
        f"delete from raw.spots where {ARRAY} and target_id = 'IL_6' and spot_column % 2 = 0"
    )
    assert expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE).verdict == "held"
    con.execute(
        "insert into quality.quarantine select 'founding', f.file_sha256, 'slide', 90000 + i, "
        "'F532 Median', 'SYN-S01', 'SYN-01', 'intensity', 'no number', 'load', true, 'Q', 'open', false, '' "
        "from raw.files as f, range(2) as r (i) where f.slide_id = 'SYN-S01'"
    )
    assert expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE).verdict == "released"


def test_spots_given_up_explain_their_gap_for_ever(con):
    con.execute(f"delete from raw.spots where {ONE_NEG} and spot_row = 11")
    con.execute(
        "insert into quality.quarantine select 'founding', f.file_sha256, 'slide', 90000, "
        "'F532 Median', 'SYN-S01', 'SYN-01', 'intensity', 'no number', 'load', false, 'Q', "
        "'withdrawn', false, '' from raw.files as f where f.slide_id = 'SYN-S01'"
    )
    assert expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE).verdict == "released"
    con.execute("update quality.quarantine set state = 'mended'")
    assert expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE).verdict == "held"


def test_rows_of_analgesics_are_rows_that_others_are_weighed_against(con):
    spoil(con, FAULTS["rows_set_aside"])
    con.execute("update quality.quarantine set role = 'analgesics'")
    assert expectations.run_batch_gate(con, STUDY, BATCH).verdict == "held"
    con.execute(
        "insert into raw.analgesics by name select 'founding' as study_id, patient_id, 'baseline' "
        "as visit, 'drug ' || i as drug, 'oral' as route, 1 as dose, 'mg/day' as dose_unit, "
        "'g' as file_sha256, i as source_line from (select min(patient_id) as patient_id "
        "from raw.samples where group_code = 'A'), range(2000) as r (i)"
    )
    assert expectations.run_batch_gate(con, STUDY, BATCH).verdict == "released"


def test_a_batch_held_for_rows_in_quarantine_is_judged_anew_once_they_are_decided_on(con):
    spoil(con, FAULTS["rows_set_aside"])
    assert expectations.run_batch_gate(con, STUDY, BATCH).verdict == "held"
    assert (STUDY, BATCH) not in expectations.pending_batches(con)
    con.execute("update quality.quarantine set state = 'withdrawn', is_open = false")
    assert (STUDY, BATCH) not in expectations.pending_batches(con)
    con.execute(
        "insert into quality.quarantine_decisions select study_id, file_sha256, row_id, role, "
        "source_line, column_name, rule_id, 'withdrawn', 'form is lost', 'who', ?, '' "
        "from quality.quarantine",
        [datetime.now(UTC)],
    )
    assert (STUDY, BATCH) in expectations.pending_batches(con)
    assert expectations.run_batch_gate(con, STUDY, BATCH).verdict == "released"
    assert (STUDY, BATCH) not in expectations.pending_batches(con)


def test_a_sample_row_in_quarantine_explains_its_array(con):
    spoil(con, FAULTS["array_has_sample"])
    con.execute(
        "insert into quality.quarantine values ('founding', 's', 'samples', 3, 'collected_on', "
        "null, 'SYN-01', 'date_order', 'before the baseline', 'load', true, 'Q', 'open', false, '')"
    )
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE)
    assert run.verdict == "released", run.broken


def test_rows_that_follow_their_person_into_quarantine_are_not_counted_again(con):
    con.execute(
        "insert into quality.quarantine select 'founding', 'f', 'assessments', 900 + i, "
        "'patient_id', null, 'SYN-01', 'patient_aside', 'as its person', 'load', true, 'Q', 'open', false, '' "
        "from range(40) as r (i)"
    )
    assert not expectations.run_batch_gate(con, STUDY, BATCH, suite=only("rows_set_aside")).broken


def test_rows_without_a_batch_weigh_on_the_whole_study(con):
    con.execute(
        "insert into quality.quarantine select 'founding', 'f', 'assessments', 900 + i, "
        "'score', null, null, 'score_range', 'out of range', 'load', true, 'Q', 'open', false, '' from range(6) as r (i)"
    )
    assert not expectations.run_batch_gate(con, STUDY, BATCH, suite=only("rows_set_aside")).broken
    con.execute("update quality.quarantine set source_line = source_line + 0, batch_id = 'SYN-01'")
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=only("rows_set_aside"))
    assert [r.rule_id for r in run.broken] == ["rows_set_aside"]


def test_a_row_in_quarantine_is_not_used(con):
    spoil(con, FAULTS["scores_in_range"])
    con.execute(
        "insert into quality.quarantine select study_id, file_sha256, 'assessments', source_line, "
        "'score', null, 'SYN-01', 'score_range', 'out of range', 'load', true, 'Q', 'open', false, '' "
        "from raw.assessments where score = 14"
    )
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert run.verdict == "released", run.broken


def test_a_superseded_file_is_not_judged(con):
    con.execute(
        "insert into raw.spots by name select * replace ('old' as file_sha256, "
        "70000 as foreground_median_afu) from raw.spots where slide_id = 'SYN-S01'"
    )
    con.execute(
        "insert into raw.files by name select * replace ('old' as file_sha256, "
        "loaded_at - interval 1 day as loaded_at) from raw.files where slide_id = 'SYN-S01'"
    )
    assert expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE).verdict == "released"


def test_empty_blocks_are_judged_for_structure_only(con):
    con.execute(
        "update raw.samples set group_code = 'empty', patient_id = null, visit = null "
        "where sample_id = (select min(sample_id) from raw.samples where group_code = 'C')"
    )
    empty = (
        "slide_id || block in (select slide_id || block from raw.samples "
        "where group_code = 'empty')"
    )
    con.execute(f"update raw.spots set flag = -50, foreground_median_afu = 10 where {empty}")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert not run.broken
    con.execute(f"delete from raw.spots where {empty} and spot_row = 11 and spot_column = 16")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert [r.rule_id for r in run.broken] == ["spots_per_array"]


def test_rules_about_controls_are_left_out_where_the_panel_prints_none(con):
    con.execute("delete from raw.panel_targets where target_kind <> 'analyte'")
    con.execute("delete from raw.spots where target_id in ('POS1', 'POS2', 'POS3', 'NEG')")
    con.execute("delete from raw.panel_features where target_id in ('POS1', 'POS2', 'POS3', 'NEG')")
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert not run.broken
    asked = {r.rule_id for r in run.results}
    assert not asked & {"positive_above_negative", "positive_in_order", "negative_level"}


def test_a_spelling_that_ingest_read_is_a_known_target_and_another_is_not(con):
    con.execute(
        "update raw.spots set target_name = 'CXCL5', target_id = 'x17' where target_id = 'ENA_78'"
    )
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE)
    assert [r.rule_id for r in run.broken] == ["targets_as_listed"]
    con.execute(
        "insert into raw.target_spellings select study_id, panel_id, 'CXCL5', 'x17', 'ENA_78', "
        "'alias', null from raw.studies"
    )
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE)
    assert not run.broken


def test_a_lot_is_asked_for_the_targets_of_its_own_list(con):
    con.execute("update raw.panel_targets set lots = 'LOT-9|LOT-8' where target_id = 'IL_6'")
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=only("targets_as_listed"))
    assert [r.rule_id for r in run.broken] == ["targets_as_listed"]
    con.execute("update raw.samples set lot = 'LOT-8'")
    assert not expectations.run_batch_gate(
        con, STUDY, BATCH, suite=only("targets_as_listed")
    ).broken
    con.execute("update raw.samples set lot = 'LOT-7'")
    con.execute("delete from raw.spots where target_id = 'IL_6'")
    assert not expectations.run_batch_gate(
        con, STUDY, BATCH, suite=only("targets_as_listed")
    ).broken


def test_columns_that_a_scanner_computes_raise_nothing_where_it_did(con):
    con.execute(COMPUTED)
    con.execute(PACKED)
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert not run.broken
    asked = {r.rule_id for r in run.results}
    assert {r.rule_id for r in IDENTITY_RULES} <= asked


def test_columns_that_no_slide_brings_are_not_asked_for(con):
    con.execute(COMPUTED)
    con.execute(
        "update spot_json set extras_json = json_merge_patch(extras_json, "
        "'{\"SNR 532\": null}')::varchar"
    )
    con.execute(PACKED)
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert {r.rule_id for r in IDENTITY_RULES} - {r.rule_id for r in run.results} == {
        "snr_as_computed"
    }


def test_cells_that_are_no_number_are_not_judged(con):
    for statement in edited("Log Ratio (635/532)", "Error"):
        con.execute(statement)
    assert not expectations.run_batch_gate(con, STUDY, BATCH).broken


def test_the_background_that_was_subtracted_counts_where_it_is_not_the_local_one(con):
    con.execute(COMPUTED)
    con.execute(
        "update spot_json set extras_json = json_merge_patch(extras_json, "
        "json_object('F532 Median - B532', (json_extract_string(extras_json, "
        "'$.\"F532 Median - B532\"')::integer - 5)::varchar))::varchar"
    )
    con.execute(PACKED)
    suite = only("net_as_computed")
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=suite)
    assert [r.rule_id for r in run.broken] == ["net_as_computed"]
    # a global background that an older file does not write: nothing to compare with
    con.execute(
        "insert into raw.scan_headers select study_id, file_sha256, 1, 'BackgroundSubtraction', "
        "'GlobalBackground' from raw.files where role = 'slide'"
    )
    assert not expectations.run_batch_gate(con, STUDY, BATCH, suite=suite).broken
    # a newer file writes it
    con.execute(
        "update spot_json as e set extras_json = json_merge_patch(e.extras_json, "
        "json_object('B532', (s.background_median_afu + 4)::varchar))::varchar from raw.spots as s "
        "where e.file_sha256 = s.file_sha256 and e.source_line = s.source_line"
    )
    con.execute(PACKED)
    assert expectations.run_batch_gate(con, STUDY, BATCH, suite=suite).broken
    con.execute(
        "update spot_json as e set extras_json = json_merge_patch(e.extras_json, "
        "json_object('B532', (s.background_median_afu + 5)::varchar))::varchar from raw.spots as s "
        "where e.file_sha256 = s.file_sha256 and e.source_line = s.source_line"
    )
    con.execute(PACKED)
    assert not expectations.run_batch_gate(con, STUDY, BATCH, suite=suite).broken


def test_without_a_layout_the_panel_counts_the_spots(con):
    con.execute("delete from raw.panel_features")
    assert not expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE).broken
    con.execute(f"delete from raw.spots where {ONE_NEG} and spot_row = 11")
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE)
    assert [r.rule_id for r in run.broken] == ["spots_per_array"]
    con.execute("update raw.studies set panel_id = 'nobody_knows'")
    con.execute("update raw.panel_targets set panel_id = 'nobody_knows'")
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=STRUCTURE)
    assert "spots_per_array" in {r.rule_id for r in run.broken}


@pytest.mark.parametrize("seed", [11])
def test_clean_seeds_raise_nothing(raw_study, seed):
    _assert_clean(raw_study(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_twenty_clean_seeds_raise_nothing(raw_study, seed):
    _assert_clean(raw_study(seed))


def _assert_clean(con):
    batches = expectations.pending_batches(con)
    assert batches == [(STUDY, f"SYN-0{k}") for k in (1, 2, 3)]
    for study_id, batch_id in batches:
        run = expectations.run_batch_gate(con, study_id, batch_id)
        assert not run.broken
        assert run.verdict == "released"
    con.close()
