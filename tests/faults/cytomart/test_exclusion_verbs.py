"""Exclude and include as a person meets them: what moves, what is said, and the way back."""

from __future__ import annotations

import json

import duckdb
import pytest

from store.hashing import value_hash

RELATIONS = (
    "marts.fct_measurements", "marts.fct_fold_changes", "stats.fct_test_results",
    "reporting.rpt_differential",
)  # fmt: skip

# One worker makes the study, for all of these.
pytestmark = pytest.mark.xdist_group("exclusions")


def hashes(home):
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return [value_hash(con, name, ["study_id"]) for name in RELATIONS]


def events(home):
    lines = (home / "vault" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_there_and_back_again_every_number_is_what_it_was(home, cytomart):
    before = hashes(home)
    n_events = len(events(home))
    wanted = ("array", "SYN-S01/B1", "--reason-code", "scan_artefact", "--note", "bubble")
    preview = cytomart(home, "--json", "exclude", *wanted, "--preview")
    assert preview.code == 0, preview.err
    assert hashes(home) == before
    assert len(events(home)) == n_events
    assert list((home / "vault" / "spill").iterdir()) == []
    said = json.loads(preview.out)["comparison"]
    assert (said["n_samples_out"], said["n_levels_out"], said["n_results"]) == (1, 80, 240)
    assert said["n_moved"] > 0

    done = cytomart(home, "--json", "exclude", *wanted)
    assert done.code == 0, done.out + done.err
    assert json.loads(done.out)["comparison"] == said
    assert all(one != other for one, other in zip(hashes(home), before, strict=True))
    page = (home / "reports" / "latest.html").read_text(encoding="utf-8")
    assert "SYN-S01/B1" in page
    assert "bubble" in page

    back = cytomart(home, "--json", "include", *wanted[:2], "--reason-code", "excluded_by_mistake")
    assert back.code == 0, back.out + back.err
    assert json.loads(back.out)["comparison"]["n_samples_out"] == -1
    assert hashes(home) == before
    assert [e["event"] for e in events(home) if e["event"] in ("exclude", "include")] == [
        "exclude", "include"]  # fmt: skip
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select is_excluded from quality.exclusions order by recorded_at"
                           ).fetchall() == [(True,), (False,)]  # fmt: skip
        assert con.execute("from reporting.rpt_exclusions").fetchall() == []
    assert cytomart(home, "verify").code == 0


def test_a_person_goes_by_the_pseudonym_in_ledger_report_and_logs(home, cytomart):
    done = cytomart(home, "exclude", "patient", "P03", "--reason-code", "consent_limit")
    assert done.code == 0, done.out + done.err
    assert "P03" not in done.out
    (event,) = [e for e in events(home) if e["event"] == "exclude"]
    code = event["details"]["scope_key"]
    assert code.startswith("P-")
    written = [home / "vault" / "ledger.jsonl", *(home / "vault" / "logs").iterdir()]
    assert all("P03" not in p.read_text(encoding="utf-8") for p in written)
    page = (home / "reports" / "latest.html").read_text(encoding="utf-8")
    assert "limit of consent" in page
    assert code not in page
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select is_excluded, count(*) from marts.dim_samples "
                           "where patient_id = ? group by all", [code]).fetchall() == [(True, 2)]  # fmt: skip


def test_what_cannot_be_is_refused_and_nothing_is_recorded(home, cytomart):
    n_events = len(events(home))
    for args, words in (
        (("exclude", "array", "SYN-S01/B99", "--reason-code", "scan_artefact"), "near it"),
        (("exclude", "array", "SYN-S01/B1", "--reason-code", "other"), "needs a note"),
        (("exclude", "array", "SYN-S01/B1", "--reason-code", "mood"), "scan_artefact"),
        (("exclude", "slide", "SYN-S01", "--reason-code", "scan_artefact"), "'array'"),
        (("include", "array", "SYN-S01/B1", "--reason-code", "cause_resolved"), "not excluded"),
        (("exclude", "array", "SYN-S01/B1", "--reason-code", "other", "--note", "P03 moved"),
         "own id"),
        (("accept", "SYN-01", "duplicate_cv", "--reason", "P03 moved"), "own id"),
        (("quarantine", "withdraw", "abc", "--reason", "P03 moved"), "own id"),
    ):  # fmt: skip
        done = cytomart(home, *args)
        assert done.code == 2, args
        assert words in done.out + done.err
    assert len(events(home)) == n_events
    assert cytomart(home.parent / "none", "exclude", "array", "A", "--reason-code",
                    "haemolysis").code == 2  # fmt: skip
