"""Fisher's exact test and Cramér's V of 2 × k tables equal R's."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

import pytest

from expectations.exact_test import cramers_v, exact_p

HERE = Path(__file__).parent


def read(name):
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


EXPECTED = {r["table_id"]: r for r in read("fisher_expected.csv")}
TABLES = {
    name: [(int(r["numerator"]), int(r["denominator"])) for r in rows]
    for name, rows in groupby(read("fisher_input.csv"), key=lambda r: r["table_id"])
}


def test_every_table_has_a_reference():
    assert set(TABLES) == set(EXPECTED)
    assert len(TABLES) > 20


@pytest.mark.parametrize("name", TABLES)
def test_a_table_equals_r(name):
    numerator, denominator = zip(*TABLES[name], strict=True)
    wanted = EXPECTED[name]
    assert exact_p(numerator, denominator) == pytest.approx(float(wanted["p_value"]), rel=1e-7)
    assert cramers_v(numerator, denominator) == pytest.approx(float(wanted["cramers_v"]), rel=1e-12)
