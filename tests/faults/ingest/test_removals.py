"""Rows that a table no longer has: named and kept, until somebody takes them away with a reason."""

from __future__ import annotations

import pytest

from contracts import CytomartError
from store import archive, kept, ledger


def without(patient):
    return lambda rows: rows.__setitem__(
        slice(None), [r for r in rows if r["patient_id"] != patient]
    )


def not_removed(report):
    return [str(p) for f in report.files if f.status in ("loaded", "unchanged") for p in f.problems]


def test_a_missing_row_stays_until_remove_takes_it_away_and_history_keeps_its_cells(
    loaded, balanced
):
    loaded.edit("assessments", lambda rows: rows.pop(3))
    report = loaded.load()
    assert [m.role for m in report.missing_keys] == ["assessments"]
    assert loaded.count("raw.assessments") == 24
    before = loaded.rows("select * from raw.assessments")
    contents = loaded.rows("select content_hash from quality.batch_contents")
    report = loaded.load(remove_reason="entered for the wrong person")
    assert report.exit_code == 0
    assert report.missing_keys == ()
    assert loaded.count("raw.assessments") == 23
    assert set(loaded.rows("select * from raw.assessments")) < set(before)
    (key,) = {c.key for c in report.removals}
    assert {(c.column, c.after) for c in report.removals} >= {("score", ""), ("assessed_on", "")}
    rows = loaded.rows("select column_name, old_text, new_text, reason, load_id "
                       "from identity.cell_history where column_name = 'score'")  # fmt: skip
    score = next(c.before for c in report.removals if c.column == "score")
    assert rows == [("score", score, None, "entered for the wrong person", report.load_id)]
    assert key.startswith("P01")
    # The gate judged another content: no verdict on the earlier one speaks for this one.
    assert loaded.rows("select content_hash from quality.batch_contents") != contents
    assert report.changed_batches == ("SYN-01",)
    details = loaded.events()[-1].details
    assert (details["n_removed_rows"], details["remove_reason"]) == (
        1, "entered for the wrong person",
    )  # fmt: skip
    assert loaded.load(remove_reason="again").is_unchanged
    balanced(report)


def test_a_person_others_rest_on_stays_and_goes_together_with_them(loaded, balanced):
    loaded.edit("patients", without("P02"))
    report = loaded.load(remove_reason="consent was never given")
    assert report.exit_code == 1
    (problem,) = not_removed(report)
    assert "`P02` stays: 2 samples and 4 assessments name that person" in problem
    assert loaded.count("raw.patients", "patient_id = 'P02'") == 1
    assert [m.key for m in report.missing_keys] == ["P02"]
    balanced(report)
    loaded.edit("assessments", without("P02"))

    def free(rows):
        for row in rows:
            if row["patient_id"] == "P02":
                row.update(sample_id="", patient_id="", visit="", group_code="empty",
                           collected_on="", total_protein_mg_ml="")  # fmt: skip

    loaded.edit("samples", free)
    report = loaded.load(accept_corrections="consent was never given",
                         remove_reason="consent was never given")  # fmt: skip
    assert report.exit_code == 0
    for relation in ("patients", "samples", "assessments", "patient_attributes"):
        assert loaded.count(f"raw.{relation}", "patient_id = 'P02'") == 0, relation
    gone = loaded.rows("select distinct relation_name from identity.cell_history "
                       "where row_key like '%\"P02\"%' order by 1")  # fmt: skip
    assert [r[0] for r in gone] == [
        "raw.assessments", "raw.patient_attributes", "raw.patients",
    ]  # fmt: skip
    balanced(report)


def test_one_row_of_a_scanned_slide_cannot_go_alone(loaded):
    loaded.edit("samples", lambda rows: rows.pop(0))
    report = loaded.load(remove_reason="tube was lost")
    assert report.exit_code == 1
    (problem,) = not_removed(report)
    assert "slide `SYN-S01` is loaded and has other rows in samples.csv" in problem
    assert "group_code `empty`" in problem
    assert loaded.count("raw.samples") == 16


def test_a_slide_goes_with_all_its_rows_and_its_scan_and_verify_knows(loaded, balanced):
    scan = loaded.slide(2)
    sha = loaded.rows("select file_sha256 from raw.files where slide_id = 'SYN-S02'")[0][0]
    loaded.edit("samples", lambda rows: rows.__setitem__(
        slice(None), [r for r in rows if r["slide_id"] != "SYN-S02"]))  # fmt: skip
    report = loaded.load(remove_reason="belongs to another study")
    assert len(not_removed(report)) == 8
    assert all("still lies in the study folder" in p for p in not_removed(report))
    assert loaded.count("raw.spots", "slide_id = 'SYN-S02'") == 1408
    data = scan.read_bytes()
    scan.unlink()
    report = loaded.load(remove_reason="belongs to another study")
    assert report.exit_code == 0
    assert report.count("removed") == 1
    for relation in ("raw.samples", "raw.spots", "raw.files"):
        assert loaded.count(relation, "slide_id = 'SYN-S02'") == 0, relation
    assert loaded.count("raw.spots") == 1408
    present = loaded.rows(kept.FILES_QUERY)
    assert kept.lost(ledger.entries(loaded.home), present) == {}
    assert sha in archive.names(loaded.home)
    assert loaded.rows("select status, file_sha256, n_rows_removed from quality.file_loads "
                       "where slide_id = 'SYN-S02' order by loaded_at") == [
        ("loaded", sha, 0), ("removed", sha, 1408),
    ]  # fmt: skip
    balanced(report)
    # And back: the sheet and the scan come again.
    scan.write_bytes(data)
    loaded.con.execute("select 1")
    names, rows = loaded.read("samples")
    loaded.write("samples", names, [*rows, *(
        {**r, "slide_id": "SYN-S02", "sample_id": r["sample_id"] and r["sample_id"] + "x",
         "patient_id": r["patient_id"]} for r in rows)])  # fmt: skip
    report = loaded.load()
    assert loaded.count("raw.spots", "slide_id = 'SYN-S02'") == 1408, report.problems
    assert kept.lost(ledger.entries(loaded.home), loaded.rows(kept.FILES_QUERY)) == {}


def test_a_reason_is_asked_for(loaded):
    with pytest.raises(CytomartError, match="reason is empty"):
        loaded.load(remove_reason="  ")


def test_every_row_of_every_file_is_on_record_once(loaded):
    loaded.edit("patients", lambda rows: rows.append(dict(rows[0])))
    loaded.edit("assessments", lambda rows: rows[0].update(score="14"))
    loaded.load()
    loaded.load()
    files = loaded.rows(
        "select role, status, n_rows_in, n_rows_loaded, n_rows_unchanged, n_rows_quarantined, "
        "n_rows_refused from quality.file_loads order by loaded_at, file_number"
    )
    assert all(n_in == sum(parts) for _, _, n_in, *parts in files)
    latest = [f for f in files if f[0] in ("patients", "assessments")][-2:]
    assert latest == [("patients", "refused", 10, 0, 0, 0, 10),
                      ("assessments", "loaded", 24, 0, 23, 1, 0)]  # fmt: skip
