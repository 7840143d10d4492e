"""Columns that a scanner computes from others: asked for where it wrote them."""

from __future__ import annotations

import expectations
from expectations.batch_rules import IDENTITY_RULES
from tests.faults.expectations.batch_faults import BATCH, COMPUTED, PACKED, STUDY, edited, only


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
