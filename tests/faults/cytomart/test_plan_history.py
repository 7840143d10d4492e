"""A plan that changes after its results were published: refused, then seen by every reader."""

from __future__ import annotations

import csv
import json
import shutil

import duckdb
import pytest

pytestmark = pytest.mark.xdist_group("demo")


def published(home, query):
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_a_change_after_the_data_is_in_history_warehouse_and_report(demo, tmp_path, cytomart):
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    study = home / "demo-study"
    with (study / "plan.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    changed = next(r for r in rows if r["analysis_id"] == "a_vs_c")
    changed["alpha"] = "0.01"
    rows.append({**changed, "analysis_id": "late", "contrast_id": "late", "alpha": ""})
    with (study / "plan.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(changed), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

    assert cytomart(home, "run", str(study)).code == 1
    (standing,) = published(home, "select generation_number from quality.generation")[0]
    done = cytomart(home, "history", "--table", "plan")
    assert "Changes of the plan" not in done.out

    done = cytomart(home, "run", str(study), "--accept-corrections", "--reason", "stricter")
    assert done.code == 0, done.out + done.err
    done = cytomart(home, "history", "--table", "plan")
    assert "alpha: 0.05 → 0.01" in done.out
    assert "stricter" in done.out
    found = json.loads(cytomart(home, "--json", "history", "a_vs_c").out)
    (change,) = found["plan_changes"]
    assert (change["analysis_id"], change["change"]) == ("a_vs_c", "changed")
    assert (change["is_after_data"], change["published_generation"]) == (True, standing)
    assert json.loads(cytomart(home, "--json", "history", "--table", "samples").out) == {
        "history": [], "plan_changes": [],
    }  # fmt: skip
    changes = published(home, "select analysis_id, change, is_after_data, published_generation, "
                        "reason from quality.plan_changes order by analysis_id")  # fmt: skip
    hashes = published(home, "select distinct plan_hash_after = (select distinct plan_hash from "
                       "stats.fct_test_results) from quality.plan_changes")  # fmt: skip
    assert changes == [
        ("a_vs_c", "changed", True, standing, "stricter"),
        ("late", "added", True, standing, "stricter"),
    ]
    assert hashes == [(True,)]
    page = (home / "reports" / "latest.html").read_text(encoding="utf-8")
    assert "After data had been loaded 1 analysis was added and 1 analysis was changed" in page
    assert "alpha: 0.05 → 0.01" in page
