"""The batch gate of platforms that deliver values: one seeded fault per rule."""

from __future__ import annotations

import pytest

import expectations
from expectations.batch_rules import DELIVERY_RULES, VALUE_RULES

STUDY, BATCH = "founding", "SYN-01"
SUITE = (*DELIVERY_RULES, *VALUE_RULES)
ONE = "sample_id = (select min(sample_id) from raw.\"values\") and target_name = 'T1'"


@pytest.fixture
def values(con):
    """The same samples on a platform with five targets and no spots."""
    con.execute("delete from raw.spots; delete from raw.files; delete from raw.panel_features")
    con.execute("update raw.studies set platform_id = 'olink', array_unit = 'slide'")
    con.execute(
        "insert into raw.\"values\" select study_id, 'v', row_number() over (), 'olink', batch_id, "
        "sample_id, 'T' || t.i, 'npx', '3.5', 3.5 + t.i, 'NPX', 'log2', 'ok', null, 0.1 "
        "from raw.samples, range(5) as t (i) where group_code <> 'empty'"
    )
    return con


FAULTS = {
    "value_columns": 'alter table raw."values" drop column lod',
    "values_per_sample": f'delete from raw."values" where {ONE}',
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
    assert not {"spots_per_array", "slides_delivered"} & asked


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
    ["value = -1, scale = 'linear'", "qualifier = 'maybe'", "value = null", "value = 'nan'"],
)
def test_impossible_values_are_out_of_range(values, change):
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
