"""cytomart quarantine as a person meets it: list, show, release, withdraw."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from simulate.design import Design
from simulate.study import write_study


def spoilt_study(folder: Path) -> Path:
    """A small study with a follow-up before its baseline and a score that cannot be."""
    write_study(folder, Design(patients=6, controls=3, study_id="small"))
    path = folder / "assessments.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    later = [r for r in rows if r["visit"] == "follow_up"]
    later[0]["assessed_on"] = "2001-01-01"
    later[1]["score"] = "1400"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_rows_set_aside_are_listed_shown_let_in_and_given_up(tmp_path, cytomart):
    home = tmp_path / "home"
    assert cytomart(home, "quarantine", "list").code == 2
    assert cytomart(home, "ingest", str(spoilt_study(tmp_path / "study"))).code == 0
    listed = cytomart(home, "quarantine", "list").out
    assert "1400" not in listed
    assert "2001-01-01" not in listed
    assert "2 rows." in listed
    rows = {
        r["rules"]: r
        for r in json.loads(cytomart(home, "--json", "quarantine", "list").out)["rows"]
    }
    early, high = rows["date_order"]["row_id"], rows["score_range"]["row_id"]
    files = json.loads(cytomart(home, "--json", "quarantine", "list", "--files").out)["files"]
    parts = ("loaded", "unchanged", "quarantined", "refused")
    assert all(f["n_rows_in"] == sum(f[f"n_rows_{p}"] for p in parts) for f in files)
    assert {f["role"]: f["n_rows_open"] for f in files}["assessments"] == 2

    shown = cytomart(home, "quarantine", "show", early).out
    assert "2001-01-01" in shown
    assert f"release {early} --reason 'why'" in shown
    shown = cytomart(home, "quarantine", "show", high).out
    assert "1400" in shown
    assert "an integrity rule of the gate would hold its batch for ever" in shown
    log = (home / "vault" / "logs" / "access.jsonl").read_text(encoding="utf-8")
    assert log.count('"verb": "quarantine show"') == 2
    assert "1400" not in log

    done = cytomart(home, "quarantine", "release", high, "--reason", "seen")
    assert done.code == 2
    assert "cannot be let in" in done.err
    assert cytomart(home, "quarantine", "release", early).code == 2
    done = cytomart(home, "quarantine", "release", early, "--reason", "baseline was late")
    assert done.code == 0, done.err
    assert f"{early} is let in as delivered." in done.out
    done = cytomart(home, "--json", "quarantine", "withdraw", high, "--reason", "form is lost")
    assert json.loads(done.out)["rows"] == [{"row_id": high, "state": "withdrawn"}]
    assert "0 rows." in cytomart(home, "quarantine", "list").out
    closed = cytomart(home, "--json", "quarantine", "list", "--all").out
    assert {r["row_id"]: (r["state"], r["decision_reason"]) for r in json.loads(closed)["rows"]} == {
        early: ("released", "baseline was late"), high: ("withdrawn", "form is lost"),
    }  # fmt: skip
    ledger = (home / "vault" / "ledger.jsonl").read_text(encoding="utf-8")
    assert ledger.count('"event":"quarantine"') == 2
    assert "1400" not in ledger
