"""One seeded fault per rule of the batch gate, caught by that rule and no other."""

from __future__ import annotations

import pytest

import expectations
from expectations.batch_rules import BATCH_RULES, VALUE_RULES
from tests.faults.expectations.batch_faults import BATCH, FAULTS, STUDY, spoil

#: Rules that a clean batch gives nothing to check.
MAY_BE_NONE = {"empty_blocks_dark", "own_thresholds_valid"}


def test_a_clean_batch_raises_nothing(con):
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    assert run.verdict == "released", run.broken
    assert not run.broken
    assert all(r.n_checked > 0 or r.rule_id in MAY_BE_NONE for r in run.results)


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
