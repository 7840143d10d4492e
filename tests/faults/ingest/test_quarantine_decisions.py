"""Rows set aside are let in as delivered, or given up, by a person with a reason; never twice."""

from __future__ import annotations

import pytest

from contracts import CytomartError
from ingest import deciding
from ingest.decisions import RELEASED, WITHDRAWN

OPEN = "select row_id from quality.quarantine where is_open order by source_line"


def follow_up(rows):
    return next(r for r in rows if r["visit"] == "follow_up")


def too_early(rows):
    """Put one follow-up assessment before its person's baseline."""
    follow_up(rows)["assessed_on"] = "2001-01-01"


def ids(site):
    return [r[0] for r in site.rows(OPEN)]


def decide(site, decision, *row_ids, reason="seen on the paper form"):
    rows = [deciding.find_row(site.con, i) for i in row_ids]
    deciding.decide(site.con, rows, decision, reason)
    if decision == RELEASED:
        return deciding.reload(site.home, site.con, rows[0].study_id, reason)
    return None


def states(site):
    return [r[0] for r in site.rows("select state from quality.quarantine order by source_line")]


def early_rows(site):
    return site.count("raw.assessments", "assessed_on = '2001-01-01'")


def test_a_released_row_is_let_in_as_delivered_at_once_and_for_good(site, balanced):
    site.edit("assessments", too_early)
    site.load()
    (row_id,) = ids(site)
    assert site.count("raw.assessments") == 23
    contents = site.rows("select content_hash from quality.batch_contents")
    report = decide(site, RELEASED, row_id)
    assert report.exit_code == 0, report.problems
    assert (early_rows(site), site.count("raw.assessments")) == (1, 24)
    assert (ids(site), states(site)) == ([], [RELEASED])
    assert site.rows("select content_hash from quality.batch_contents") != contents
    balanced(report)
    # The same file again, and the folder itself: nothing new, nothing set aside.
    report = site.load()
    assert report.is_unchanged
    assert report.quarantined == ()
    balanced(report)
    assert not [p for p in site.home.spill_dir.iterdir() if p.name.startswith("reload-")]


def test_a_release_holds_in_later_versions_while_the_row_is_the_same(site):
    site.edit("assessments", too_early)
    site.load()
    decide(site, RELEASED, *ids(site))
    site.edit("assessments", lambda rows: rows.append({**rows[0], "site_id": "spine"}))
    report = site.load()
    assert (report.exit_code, report.quarantined) == (0, ())
    assert site.count("raw.assessments") == 25
    # Another cell of the row makes it a new question; the value let in stays meanwhile.
    site.edit("assessments", lambda rows: follow_up(rows).update(omed_mg="5"))
    report = site.load()
    assert [q.rule_id for q in report.quarantined] == ["date_order"]
    assert len(ids(site)) == 1
    assert early_rows(site) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"score": "14"}, "an integrity rule of the gate would hold its batch for ever"),
        ({"score": "abc"}, "its cell is no value that could be stored"),
        ({"assessed_on": "31/05/2021"}, "its cell is no value that could be stored"),
        ({"score": "14", "assessed_on": "2001-01-01"}, "an integrity rule"),
    ],
)
def test_what_is_no_value_or_would_be_held_for_ever_is_not_released(site, change, why):
    site.edit("assessments", lambda rows: follow_up(rows).update(change))
    site.load()
    (row_id,) = set(ids(site))
    with pytest.raises(CytomartError, match=why) as caught:
        decide(site, RELEASED, row_id)
    assert "withdraw" in str(caught.value)
    assert site.count("quality.quarantine_decisions") == 0
    assert set(ids(site)) == {row_id}


def test_rows_that_contradict_each_other_are_not_released(site):
    def twice(rows):
        too_early(rows)
        rows.append({**follow_up(rows), "assessed_on": "2001-01-02"})

    site.edit("assessments", twice)
    site.load()
    first, second = ids(site)
    decide(site, RELEASED, first)
    assert early_rows(site) == 0
    assert ids(site) == [first, second]
    decide(site, WITHDRAWN, second)
    assert early_rows(site) == 0


def test_a_row_given_up_stays_on_record_and_is_not_opened_again(site, balanced):
    site.edit("assessments", lambda rows: follow_up(rows).update(score="14"))
    site.load()
    decide(site, WITHDRAWN, *ids(site))
    assert (ids(site), states(site)) == ([], [WITHDRAWN])
    before = site.rows("select * from quality.quarantine")
    report = site.load()
    assert report.is_unchanged
    assert site.rows("select * from quality.quarantine") == before
    site.edit("assessments", lambda rows: rows.append({**rows[0], "site_id": "spine"}))
    report = site.load()
    balanced(report)
    assert ids(site) == []
    assert states(site) == [WITHDRAWN, WITHDRAWN]
    assert site.count("raw.assessments") == 24
    # A corrected row of the same key loads.
    site.edit("assessments", lambda rows: follow_up(rows).update(score="4"))
    assert site.load().exit_code == 0
    assert site.count("raw.assessments") == 25
    # And the wrong value once more is what was given up: nothing to decide.
    site.edit("assessments", lambda rows: follow_up(rows).update(score="14"))
    site.load()
    assert ids(site) == []


def test_a_row_given_up_can_be_let_in_after_all(site):
    site.edit("assessments", too_early)
    site.load()
    (row_id,) = ids(site)
    decide(site, WITHDRAWN, row_id)
    decide(site, RELEASED, row_id, reason="the baseline was late")
    assert (early_rows(site), states(site)) == (1, [RELEASED])
    kept = site.rows("select decision, reason, rule_id, column_name from "
                     "quality.quarantine_decisions order by decided_at")  # fmt: skip
    assert kept == [(WITHDRAWN, "seen on the paper form", "date_order", "assessed_on"),
                    (RELEASED, "the baseline was late", "date_order", "assessed_on")]  # fmt: skip


def test_a_release_over_a_value_that_stands_is_a_correction_with_its_reason(loaded):
    old = follow_up(loaded.read("assessments")[1])["assessed_on"]
    loaded.edit("assessments", too_early)
    loaded.load()
    assert early_rows(loaded) == 0
    decide(loaded, RELEASED, *ids(loaded), reason="he came twice")
    assert early_rows(loaded) == 1
    assert loaded.rows("select column_name, old_text, new_text, reason "
                       "from identity.cell_history") == [
        ("assessed_on", old, "2001-01-01", "he came twice")
    ]  # fmt: skip


def test_unknown_ids_and_wrong_states_are_refused_all_or_none(site):
    site.edit("assessments", too_early)
    site.load()
    (row_id,) = ids(site)
    with pytest.raises(CytomartError, match="no row Q00000000 was set aside"):
        decide(site, WITHDRAWN, row_id, "Q00000000")
    with pytest.raises(CytomartError, match="reason is empty"):
        decide(site, WITHDRAWN, row_id, reason=" ")
    assert ids(site) == [row_id]
    decide(site, RELEASED, row_id)
    for decision in (RELEASED, WITHDRAWN):
        with pytest.raises(CytomartError, match=f"row {row_id} is released"):
            decide(site, decision, row_id)


def test_a_row_is_shown_as_it_was_delivered(site):
    site.edit("assessments", too_early)
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    head = next(i for i, line in enumerate(lines) if line.startswith(b'"Block"'))
    column = lines[head].split(b"\t").index(b'"F532 Median"')
    cells = lines[head + 5].split(b"\t")
    cells[column] = b"70000"
    lines[head + 5] = b"\t".join(cells)
    site.slide(1).write_bytes(b"".join(lines))
    site.load()
    rows = {r.role: r for r in (deciding.find_row(site.con, i) for i in ids(site))}
    shown = dict(deciding.as_delivered(site.home, site.con, rows["assessments"]))
    assert shown["assessed_on"] == "2001-01-01"
    assert rows["assessments"].is_releasable
    shown = dict(deciding.as_delivered(site.home, site.con, rows["slide"]))
    assert shown["F532 Median"] == "70000"
    assert not rows["slide"].is_releasable


def test_no_value_of_a_row_stands_in_quarantine_or_decisions(site):
    site.edit("assessments", lambda rows: (too_early(rows), rows[0].update(score="13.7")))
    site.load()
    decide(site, WITHDRAWN, *ids(site))
    for relation in ("quarantine", "quarantine_decisions"):
        text = str(site.rows(f"select * from quality.{relation}"))
        assert "2001-01-01" not in text
        assert "13.7" not in text
