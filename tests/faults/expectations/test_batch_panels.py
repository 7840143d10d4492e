"""The batch gate follows the panel: controls, spellings, lots, layouts, empty blocks."""

from __future__ import annotations

import expectations
from tests.faults.expectations.batch_faults import BATCH, ONE_NEG, STRUCTURE, STUDY, only


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
