"""The study folder's description names every column and key that ingest reads."""

from __future__ import annotations

import pytest

from contracts.paths import REPO_ROOT
from ingest import plan
from ingest.clinic import analgesics, assessments, patients, samples
from ingest.panel import catalog_table

TEXT = (REPO_ROOT / "docs" / "study-folder.md").read_text("utf-8")


@pytest.mark.parametrize(
    "columns",
    [
        patients.COLUMNS,
        (*samples.REQUIRED, *samples.OPTIONAL),
        (*assessments.REQUIRED, *assessments.OPTIONAL),
        (*analgesics.REQUIRED, *analgesics.OPTIONAL),
        (*plan.REQUIRED, *plan.OPTIONAL),
        ("target_name", *catalog_table.OPTIONAL),
    ],
    ids=["patients", "samples", "assessments", "analgesics", "plan", "catalog"],
)
def test_every_column_is_described(columns):
    assert [c for c in columns if f"`{c}`" not in TEXT] == []


@pytest.mark.parametrize("key", ["ids_are_codes", "allow_columns", "array_unit", "layout",
                                 "reference_batches", "window_days", "levels", "mid_frac", "of", "unit"])  # fmt: skip
def test_every_key_is_described(key):
    assert f"`{key}`" in TEXT
