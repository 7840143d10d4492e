"""docs/claims.md has every check with all its figures, and its example is judged."""

from __future__ import annotations

import csv
import re

import pytest

from contracts import from_rows
from contracts.claim_checks import CHECKS
from contracts.claims import CLAIM_COLUMNS, CLAIMS, VERDICTS
from contracts.paths import REPO_ROOT
from stats.claims import judge
from stats.claims.registry import FUNCTIONS

TEXT = (REPO_ROOT / "docs" / "claims.md").read_text(encoding="utf-8")


def test_checks_functions_and_sections_are_the_same():
    sections = re.findall(r"^### (\w+)$", TEXT, flags=re.MULTILINE)
    assert sections == list(CHECKS)
    assert set(FUNCTIONS) == set(CHECKS)


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_section_has_the_figures_of_its_check(check_id):
    section = TEXT.partition(f"\n### {check_id}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    rows = re.findall(
        r"^\| `(\w+)`( \(optional\))? \| (.+?) \| (.+?) \|$", section, flags=re.MULTILINE
    )
    wanted = [
        (
            f.name,
            "" if f.required else " (optional)",
            f.doc,
            f.allowed.replace("`|` between", "a bar between"),
        )
        for f in CHECKS[check_id].figures
    ]
    assert rows == wanted
    prose = [
        line
        for line in section.splitlines()
        if line and not line.startswith(("|", "At least", "Needs"))
    ]
    assert len(prose) >= 2, "a section says what is asked and how it is computed"


def test_every_column_and_verdict_is_told():
    head = TEXT.partition("## Checks")[0]
    assert [c for c in CLAIM_COLUMNS if f"`{c}`" not in head] == []
    assert [v for v in VERDICTS if f"| {v} |" not in head] == []


def test_the_example_is_judged():
    block = re.search(r"```\n(publication_id.*?)```", TEXT, flags=re.DOTALL).group(1)
    empty = dict.fromkeys(CLAIMS.column_names, "")
    rows = [{**empty, **r, "claim_order": int(r["claim_order"]), "study_id": "s", "file_sha256": "", "source_line": i}
            for i, r in enumerate(csv.DictReader(block.splitlines()), start=2)]  # fmt: skip
    verdicts = {r["claim_id"]: r["verdict"] for r in judge(from_rows(rows, CLAIMS)).to_pylist()}
    assert verdicts == {"pain_mean": "inconsistent", "response": "consistent", "limits": "recorded"}
