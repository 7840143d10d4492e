"""Two swapped Blocks, corrected later: the cells are named, and every result they touch changes."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.xdist_group("demo")

LEVELS = """
    select sample_id, analyte_id, variant_id, net_afu from marts.fct_measurements order by all
"""
FOLD_CHANGES = """
    select contrast_id, analyte_id, variant_id, round(change_log2fc, 12)
    from marts.fct_fold_changes where change_log2fc is not null order by all
"""
TESTS = """
    select analysis_id, contrast_id, analyte_id, round(p_value, 12)
    from stats.fct_test_results
    where method = 'welch_t' and p_value is not null and contrast_id <> 'all' order by all
"""


def published(home: Path, query: str) -> dict[tuple[object, ...], object]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return {row[:-1]: row[-1] for row in con.execute(query).fetchall()}


def swap(sheet: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Swap the Blocks of two samples of different groups on one slide."""
    with sheet.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    first, second = next(
        (a, c)
        for a in rows
        for c in rows
        if (a["group_code"], c["group_code"], a["slide_id"]) == ("A", "C", c["slide_id"])
    )
    before = dict(first), dict(second)
    first["block"], second["block"] = second["block"], first["block"]
    with sheet.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(first), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return before


def facts(done):
    return json.loads(done.out)


def test_two_swapped_blocks_are_named_corrected_and_every_affected_result_changes(
    demo, tmp_path, cytomart
):
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    study = home / "demo-study"
    sheet = study / "samples.csv"
    original = sheet.read_bytes()
    levels, folds, tests = (published(home, q) for q in (LEVELS, FOLD_CHANGES, TESTS))
    one, two = swap(sheet)

    # Refused first, naming the cells as a spreadsheet does; nothing that is published changes.
    done = cytomart(home, "run", str(study))
    assert done.code == 1, done.out + done.err
    for row in (one, two):
        assert row["sample_id"] in done.out
    assert "column block (cell F" in done.out
    assert "--accept-corrections --reason" in done.out
    assert published(home, LEVELS) == levels

    done = cytomart(home, "--json", "run", str(study), "--accept-corrections", "--reason",
                    "the sheet had two Blocks swapped")  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert {(c["row"], c["column"], c["before"], c["after"]) for c in facts(done)["load"]["changes"]} == {
        (one["sample_id"], "block", one["block"], two["block"]),
        (two["sample_id"], "block", two["block"], one["block"]),
    }  # fmt: skip
    # The gate judged the corrected batch anew.
    assert {g["scope_id"] for g in facts(done)["gates"] if g["gate"] == "batch"} == {one["batch"]}
    new_levels, new_folds, new_tests = (
        published(home, q) for q in (LEVELS, FOLD_CHANGES, TESTS)
    )  # fmt: skip
    other = {one["sample_id"]: two["sample_id"], two["sample_id"]: one["sample_id"]}
    assert new_levels.keys() == levels.keys()
    for key, value in new_levels.items():
        assert value == levels[(other.get(key[0], key[0]), *key[1:])], key
    # A and C exchanged a serum: all that compares one of them moves, B's own levels do not.
    touched = {k for k in folds if k[0] in ("A_vs_C", "B_vs_A", "B_vs_C")}
    assert {k[0] for k in folds if folds[k] != new_folds[k]} == {"A_vs_C", "B_vs_A", "B_vs_C"}
    changed = sum(folds[k] != new_folds[k] for k in touched)
    assert changed > 0.99 * len(touched)
    assert sum(tests[k] != new_tests[k] for k in tests) > 0.95 * len(tests)

    # And back: three versions, and every result is what it was.
    sheet.write_bytes(original)
    done = cytomart(home, "--json", "run", str(study), "--accept-corrections", "--reason",
                    "the first sheet was right")  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert [published(home, q) for q in (LEVELS, FOLD_CHANGES, TESTS)] == [levels, folds, tests]
    versions = facts(cytomart(home, "--json", "history", "--versions", "--table", "samples"))
    shas = [v["file_sha256"] for v in versions["history"]]
    assert [v["version_number"] for v in versions["history"]] == [1, 2, 3]
    assert shas[0] == shas[2] != shas[1]
    assert [v["reason"] for v in versions["history"]] == [
        "", "the sheet had two Blocks swapped", "the first sheet was right",
    ]  # fmt: skip
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert [r[0] for r in con.execute(
            "select file_sha256 from quality.file_loads where role = 'samples' "
            "and status = 'loaded' order by loaded_at").fetchall()] == shas  # fmt: skip

    cells = facts(cytomart(home, "--json", "history", one["sample_id"], "--column", "block"))
    assert [(c["old_text"], c["new_text"], c["reason"]) for c in cells["history"]] == [
        (one["block"], two["block"], "the sheet had two Blocks swapped"),
        (two["block"], one["block"], "the first sheet was right"),
    ]  # fmt: skip
    assert facts(cytomart(home, "--json", "history", "nobody"))["history"] == []
    assert facts(cytomart(home, "--json", "history", "--since", "2999-01-01"))["history"] == []
    text = cytomart(home, "history", one["sample_id"]).out
    assert "the first sheet was right" in text
    log = (home / "vault" / "logs" / "access.jsonl").read_text(encoding="utf-8")
    assert '"verb": "history"' in log
    assert one["sample_id"] not in log
    assert cytomart(home, "verify").code == 0
