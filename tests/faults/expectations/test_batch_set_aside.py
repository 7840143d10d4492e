"""What is in quarantine, given up or superseded, and what it means for the batch gate."""

from __future__ import annotations

from datetime import UTC, datetime

import expectations
from tests.faults.expectations.batch_faults import (
    ARRAY,
    BATCH,
    FAULTS,
    ONE_NEG,
    STRUCTURE,
    STUDY,
    only,
    spoil,
)


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
