"""The batch gate of platforms that deliver values: one seeded fault per rule."""

from __future__ import annotations

import pytest

import expectations
from expectations.batch_rules import DELIVERY_RULES, SLIDE_RULES, VALUE_RULES

STUDY, BATCH = "founding", "SYN-01"
SUITE = (*DELIVERY_RULES, *VALUE_RULES)
ONE = "sample_id = (select min(sample_id) from raw.\"values\") and target_name = 'T1'"


@pytest.fixture
def values(con):
    """The same samples on a platform with five targets and no spots."""
    con.execute("delete from raw.spots; delete from raw.files; delete from raw.panel_features")
    con.execute("update raw.studies set platform_id = 'olink', array_unit = 'slide'")
    con.execute(
        "update raw.panel_targets set target_name = 'T' || (target_order - 1) "
        "where target_order <= 5"
    )
    con.execute(
        "insert into raw.\"values\" select study_id, 'v', row_number() over (), sample_id, "
        "sample_id, 'olink', batch_id, slide_id, '', 'T' || t.i, '', 'npx', '3.5', 3.5 + t.i, 'NPX', "
        "'log2', 'ok', '', 0.1 "
        "from raw.samples, range(5) as t (i) where group_code <> 'empty'"
    )
    return con


FAULTS = {
    "value_columns": 'alter table raw."values" drop column lod',
    "values_per_sample": f'delete from raw."values" where {ONE}',
    "values_as_listed": "delete from raw.panel_targets where target_name = 'T1'",
    "one_unit_a_target": (
        "update raw.\"values\" set value_unit = 'pg/mL' where target_name = 'T1' "
        'and sample_id = (select min(sample_id) from raw."values")'
    ),
    "values_unique": f'insert into raw."values" select * from raw."values" where {ONE}',
    "values_in_range": f"update raw.\"values\" set value = 'inf' where {ONE}",
    "value_has_sample": (
        "insert into raw.\"values\" select * replace ('nobody' as sample_id) "
        'from raw."values" where sample_id = (select min(sample_id) from raw."values")'
    ),
    "values_missing": (
        "update raw.\"values\" set value = null, qualifier = 'missing' where sample_id = "
        "(select min(sample_id) from raw.\"values\") and target_name in ('T1', 'T2')"
    ),
}


def test_clean_values_raise_nothing(values):
    run = expectations.run_batch_gate(values, STUDY, BATCH)
    assert not run.broken
    assert run.verdict == "released"
    asked = {r.rule_id for r in run.results}
    assert {r.rule_id for r in VALUE_RULES} < asked
    assert "slides_delivered" in asked
    assert not {"spots_per_array", "array_has_sample"} & asked


@pytest.mark.parametrize("rule_id", FAULTS)
def test_a_seeded_fault_is_caught_by_its_rule_alone(values, rule_id):
    values.execute(FAULTS[rule_id])
    run = expectations.run_batch_gate(values, STUDY, BATCH, suite=SUITE)
    assert [r.rule_id for r in run.broken] == [rule_id]
    assert run.verdict == "held"


def test_every_rule_about_values_has_a_seeded_fault():
    assert set(FAULTS) == {r.rule_id for r in VALUE_RULES}


@pytest.mark.parametrize(
    "change",
    ["value = -1", "qualifier = 'maybe'", "value = null", "value = 'nan'"],
)
def test_impossible_values_are_out_of_range(values, change):
    values.execute("update raw.\"values\" set scale = 'linear'")
    values.execute(f'update raw."values" set {change} where {ONE}')
    run = expectations.run_batch_gate(values, STUDY, BATCH, suite=SUITE)
    assert [r.rule_id for r in run.broken] == ["values_in_range"]


def test_a_value_below_the_limit_and_a_replicate_well_are_no_fault(values):
    values.execute(f"update raw.\"values\" set value = null, qualifier = 'below' where {ONE}")
    values.execute(
        'insert into raw."values" select * replace (source_line + 10000 as source_line) '
        f'from raw."values" where {ONE}'
    )
    assert not expectations.run_batch_gate(values, STUDY, BATCH, suite=SUITE).broken


def test_a_plate_without_its_file_holds_the_batch(values):
    values.execute(
        "update raw.samples set slide_id = 'elsewhere' where batch_id = 'SYN-01' and sample_id = "
        "(select max(sample_id) from raw.samples where batch_id = 'SYN-01')"
    )
    run = expectations.run_batch_gate(values, STUDY, BATCH, suite=(*SUITE, *SLIDE_RULES))
    assert "slides_delivered" in [r.rule_id for r in run.broken]
    assert run.verdict == "held"


def test_a_value_whose_label_the_sheet_gives_to_nobody_is_a_fault(values):
    values.execute("update raw.samples set file_label = sample_id || ' again'")
    run = expectations.run_batch_gate(values, STUDY, BATCH, suite=SUITE)
    assert [r.rule_id for r in run.broken] == ["value_has_sample"]


def test_negative_net_fluorescence_is_no_fault(values):
    values.execute("update raw.\"values\" set quantity = 'net_mfi', scale = 'linear'")
    values.execute(f'update raw."values" set value = -1 where {ONE}')
    assert not expectations.run_batch_gate(values, STUDY, BATCH, suite=SUITE).broken


def test_a_gap_that_is_in_quarantine_is_explained_and_no_other(values):
    values.execute(f'delete from raw."values" where {ONE}')
    values.execute(
        "insert into quality.quarantine by name select study_id, file_sha256, 'slide' as role, "
        "1 as source_line, 'T1' as column_name, slide_id, batch_id, 'value' as rule_id, "
        "'npx is no number' as reason, 'load' as load_id, true as is_open, 'r' as row_id, "
        "'open' as state, false as is_releasable, 'd' as row_digest from raw.\"values\" "
        "where batch_id = 'SYN-01' limit 1"
    )
    assert not expectations.run_batch_gate(values, STUDY, BATCH, suite=SUITE).broken
    values.execute(
        'delete from raw."values" where sample_id = (select max(sample_id) from raw."values" '
        "where batch_id = 'SYN-01') and target_name = 'T3'"
    )
    run = expectations.run_batch_gate(values, STUDY, BATCH, suite=SUITE)
    assert [r.rule_id for r in run.broken] == ["values_per_sample"]
