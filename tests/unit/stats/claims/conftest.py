"""Sets of claims as tables, judged."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from contracts import from_rows
from contracts.claims import CLAIMS
from contracts.paths import REPO_ROOT
from stats.claims import judge

FOUNDING = REPO_ROOT / "warehouse" / "seeds" / "publication_claims.csv"
_EMPTY = {**dict.fromkeys(CLAIMS.column_names, ""), "study_id": "s", "publication_id": "p",
          "source_place": "Results", "statement": "as stated"}  # fmt: skip


@cache
def read(path: Path) -> tuple[dict, ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def as_table(rows: list[dict]) -> pa.Table:
    full = [{**_EMPTY, "source_line": i + 2, "claim_order": i + 1, **row}
            for i, row in enumerate(rows)]  # fmt: skip
    return from_rows([{**r, "claim_order": int(r["claim_order"])} for r in full], CLAIMS)


@pytest.fixture(scope="session")
def claim_table():
    return as_table


@pytest.fixture(scope="session")
def founding_rows():
    """Rows of the shipped set, as dictionaries of texts."""
    return [dict(r) for r in read(FOUNDING)]


@pytest.fixture(scope="session")
def founding(founding_rows):
    """Verdicts on the shipped set by claim_id, with `numbers` by name."""
    return judged_by_id(founding_rows)


def judged_by_id(rows: list[dict]) -> dict[str, dict]:
    found = judge(as_table(rows)).to_pylist()
    return {r["claim_id"]: {**r, "numbers": dict(zip(r["recomputed_names"], r["recomputed_values"], strict=True))}
            for r in found}  # fmt: skip


@pytest.fixture(scope="session")
def judged():
    return judged_by_id


@pytest.fixture(scope="session")
def verdict():
    """Judge one claim: check and figures in, the row with `numbers` out."""

    def of(check_id: str, figures: str, related: list[dict] = ()) -> dict:
        rows = [{"claim_id": "it", "check_id": check_id, "figures": figures,
                 "related_claim_ids": "|".join(r["claim_id"] for r in related)}, *related]  # fmt: skip
        return judged_by_id(rows)["it"]

    return of


@pytest.fixture(scope="session")
def csv_rows():
    return lambda path: [dict(r) for r in read(path)]
