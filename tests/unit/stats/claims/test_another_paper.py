"""A file of claims that nothing was written for: other designs, other scales, planted mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.claim_checks import CHECKS
from stats.claims import judge

FILE = Path(__file__).with_name("another_paper.csv")


@pytest.fixture(scope="module")
def rows(csv_rows):
    return csv_rows(FILE)


def test_it_is_computed_without_code_and_every_planted_mistake_is_found(rows, judged):
    found = judged(rows)
    planted = {r["claim_id"] for r in rows if r["note"].startswith("planted")}
    assert len(planted) == 14
    assert {k for k, r in found.items() if r["verdict"] == "inconsistent"} == planted
    assert {r["verdict"] for k, r in found.items() if k not in planted} <= {
        "reproduced", "consistent", "recorded"}  # fmt: skip


def test_it_uses_every_check(rows):
    assert {r["check_id"] for r in rows} == set(CHECKS)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("burden_mean_y", "1158/260 = 4.4538 and 1159/260 = 4.4577"),
        ("nrs_x", "249/40 = 6.225 prints 6.22 (truncated)"),
        ("impossible_sd", "an SD of 0.0000 to 0.3145"),
        ("arms_student", "p = 1.7e-05"),
        ("change_impossible", "needs r = 3.040"),
        ("z_one_sided", "which a one-sided test would give"),
        ("response_or", "Only 14/26 v 31/21"),
        ("pairs_or", "b = 4, c = 15 of 40 pairs"),
        ("stage", "20 + 17 + 14 = 51, not 52"),
        ("il_on_panel", "IL-6 and IL-8"),
        ("hit_tnf", "contradict each other"),
    ],
)
def test_the_arithmetic_is_told(rows, judged, claim, words):
    assert words in judged(rows)[claim]["explanation"]


def test_the_order_of_the_rows_does_not_matter(rows, claim_table):
    assert judge(claim_table(rows)).equals(
        judge(claim_table(rows).take(list(range(len(rows)))[::-1]))
    )
