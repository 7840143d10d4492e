"""The founding study in one call, or in five, by the whole road: the published values are the same.

Builds alone, in many orders, are in tests/sql/test_batches_kept.py.
"""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from simulate.design import Design
from simulate.study import write_study
from store.hashing import value_hash

pytestmark = pytest.mark.slow

KEYS = {
    "marts.fct_measurements": ("study_id", "sample_id", "analyte_id", "variant_id"),
    "marts.fct_fold_changes": ("study_id", "contrast_id", "analyte_id", "variant_id"),
}


def read_samples(folder: Path) -> list[dict[str, str]]:
    with (folder / "samples.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def grow(whole: Path, folder: Path, batches: set[str]) -> None:
    """Make a study folder hold these batches: their rows of samples, and their scanner files."""
    if not folder.exists():
        shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("arrays"))
        (folder / "arrays").mkdir()
    rows = [r for r in read_samples(whole) if r["batch"] in batches]
    with (folder / "samples.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    for slide in {r["slide_id"] for r in rows}:
        shutil.copy(whole / "arrays" / f"{slide}.gpr", folder / "arrays")


def published(home: Path) -> dict[str, str]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) > 0 from marts.fct_fold_changes").fetchone() == (True,)
        return {t: value_hash(con, t, key) for t, key in KEYS.items()}


def test_one_call_or_five_publish_the_same_values(tmp_path: Path, cytomart: Any) -> None:
    whole, home = tmp_path / "whole", tmp_path / "one-call"
    write_study(whole, Design())
    done = cytomart(home, "run", str(whole))
    assert done.code == 0, done.out + done.err
    batches = sorted({r["batch"] for r in read_samples(whole)})
    shuffled = random.Random(4).sample(batches, len(batches))
    folder, in_five = tmp_path / "growing", tmp_path / "five-calls"
    for call in range(1, 6):
        grow(whole, folder, set(shuffled[: -(-len(batches) * call // 5)]))
        done = cytomart(in_five, "run", str(folder))
        assert done.code == 0, done.out + done.err
    assert published(in_five) == published(home)
