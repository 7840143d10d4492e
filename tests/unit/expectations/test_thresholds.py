"""Every rule has one threshold with a source, and seed and code say the same."""

from __future__ import annotations

import csv

import pytest

from contracts import CytomartError
from expectations import thresholds
from expectations.batch_rules import BATCH_RULES
from expectations.release_rules import RELEASE_RULES
from expectations.results import SUITE_COMPLETE

RULES = {r.rule_id: r for r in (*BATCH_RULES, *RELEASE_RULES)}


def seed_rows():
    with thresholds.SEED.open(encoding="utf-8", newline="") as handle:
        return {r["rule_id"]: r for r in csv.DictReader(handle)}


def test_rule_ids_are_unique():
    assert len(RULES) == len(BATCH_RULES) + len(RELEASE_RULES)


def test_rules_and_seed_are_the_same_set():
    assert set(seed_rows()) == set(RULES) | {SUITE_COMPLETE}


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_a_rule_stands_in_the_seed_as_in_the_code(rule_id):
    row, rule = seed_rows()[rule_id], RULES[rule_id]
    assert (row["gate"], row["severity"], row["direction"]) == (
        rule.gate, rule.severity, rule.direction,
    )  # fmt: skip
    assert row["rule_label"] == rule.sentence
    assert rule.sentence.endswith(".")
    assert len(row["source"]) > 10


def test_shipped_thresholds_are_numbers_with_sources():
    found = thresholds.shipped()
    assert found["duplicate_cv"].value == 0.2
    assert found["spots_per_array"].is_fixed
    assert not found["saturated_spots"].is_fixed


@pytest.mark.parametrize(
    "line", ["r,batch,critical,s,,at_most,x", "r,batch,critical,s,1,at_most, ", "a,b,c,s,nan,d,x"]
)
def test_a_seed_row_without_number_or_source_is_refused(tmp_path, line):
    path = tmp_path / "gate_thresholds.csv"
    path.write_text(f"rule_id,gate,severity,rule_label,threshold,direction,source\n{line}\n")
    with pytest.raises(CytomartError, match="line 2"):
        thresholds.shipped(path)
