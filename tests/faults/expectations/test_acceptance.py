"""Held, accepted, changed: who may let what through, and for how long."""

from __future__ import annotations

import pytest

import expectations
from contracts import CytomartError
from expectations.batch_rules import BATCH_RULES

STUDY, BATCH = "founding", "SYN-01"
SATURATE = (
    "update raw.spots set foreground_median_afu = 65535 where slide_id = 'SYN-S01' "
    "and spot_row between 3 and 6"
)


SOME = tuple(
    rule for rule in BATCH_RULES
    if rule.rule_id in ("saturated_spots", "flagged_spots", "spots_per_array", "baseline_assessed")
)  # fmt: skip


@pytest.fixture
def held(con):
    con.execute(SATURATE)
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=SOME)
    assert run.verdict == "held"
    assert "saturated_spots" in {r.rule_id for r in run.holding}
    return con


def accept(con, rule_id="saturated_spots", reason="PMT was too high", batch=BATCH):
    expectations.accept(con, STUDY, batch, rule_id, reason, "anna")


def test_an_acceptance_is_a_row_for_this_content(held):
    accept(held)
    rows = held.execute(
        "select a.batch_id, a.rule_id, a.reason, a.accepted_by, a.content_hash = c.content_hash "
        "from quality.acceptances as a inner join quality.batch_contents as c using (batch_id)"
    ).fetchall()
    assert rows == [(BATCH, "saturated_spots", "PMT was too high", "anna", True)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": "  "}, "no reason"),
        ({"rule_id": "no_such_rule"}, "not asked"),
        ({"rule_id": "flagged_spots"}, "did not fail"),
        ({"batch": "SYN-77"}, "no batch SYN-77"),
    ],
)
def test_refused(held, change, words):
    with pytest.raises(CytomartError, match=words):
        accept(held, **change)
    assert held.execute("select count(*) from quality.acceptances").fetchone() == (0,)


def test_integrity_rules_and_warnings_cannot_be_accepted(held):
    held.execute("delete from raw.spots where slide_id = 'SYN-S02' and spot_row = 11")
    held.execute("delete from raw.assessments where visit = 'baseline'")
    expectations.run_batch_gate(held, STUDY, BATCH, suite=SOME)
    with pytest.raises(CytomartError, match="integrity of the data and cannot be accepted"):
        accept(held, "spots_per_array")
    with pytest.raises(CytomartError, match="is a warning"):
        accept(held, "baseline_assessed")
    assert held.execute("select count(*) from quality.acceptances").fetchone() == (0,)


def test_a_rule_without_an_answer_cannot_be_accepted(held):
    held.execute("alter table raw.spots drop column saturated_frac")
    expectations.run_batch_gate(held, STUDY, BATCH, suite=SOME)
    with pytest.raises(CytomartError, match="gave no answer"):
        accept(held)


def test_accepting_twice_is_refused(held):
    accept(held)
    with pytest.raises(CytomartError, match="accepted already, by anna"):
        accept(held)


def test_a_batch_whose_content_changed_must_be_judged_again(held):
    held.execute("update raw.spots set file_sha256 = 'new' where slide_id = 'SYN-S01'")
    with pytest.raises(CytomartError, match="no verdict on what it holds now"):
        accept(held)


def test_pending_until_judged_and_again_when_changed(con):
    assert expectations.pending_batches(con) == [(STUDY, BATCH)]
    expectations.run_batch_gate(con, STUDY, BATCH)
    assert expectations.pending_batches(con) == []
    con.execute("update raw.assessments set file_sha256 = 'new' where score > 5")
    assert expectations.pending_batches(con) == [(STUDY, BATCH)]


def test_a_threshold_of_the_study_takes_effect_with_its_reason(con):
    con.execute(SATURATE)
    expectations.run_batch_gate(con, STUDY, BATCH)
    con.execute(
        "insert into raw.study_thresholds values ('founding', 'saturated_spots', 1, 'bright sera')"
    )
    assert expectations.pending_batches(con) == [(STUDY, BATCH)]
    run = expectations.run_batch_gate(con, STUDY, BATCH)
    found = next(r for r in run.results if r.rule_id == "saturated_spots")
    assert (found.outcome, found.threshold) == ("pass", 1.0)
    assert found.threshold_source == "set by the study: bright sera"
    assert expectations.pending_batches(con) == []


def test_study_of_a_batch(con):
    assert expectations.study_of(con, BATCH) == STUDY
    with pytest.raises(CytomartError, match="no studies have a batch SYN-77"):
        expectations.study_of(con, "SYN-77")
    con.execute(
        "insert into raw.samples by name select * replace ('two' as study_id) from raw.samples"
    )
    with pytest.raises(CytomartError, match="2 studies have a batch SYN-01"):
        expectations.study_of(con, BATCH)
