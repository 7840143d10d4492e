"""Exact, Firth's and McNemar's odds ratios against R: fisher.test, binom.test, formulas."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.exact_odds_ratio import exact_odds_ratio
from stats.methods.firth_odds_ratio import firth_odds_ratio
from stats.methods.mcnemar_odds_ratio import mcnemar_odds_ratio
from stats.methods.odds_ratio import Fourfold
from tests.reference.stats.studies import HERE, number, rows_of

TABLES = rows_of(HERE / "odds_ratios_expected.csv")
PAIRS = rows_of(HERE / "mcnemar_expected.csv")
METHODS = {"exact_odds_ratio": exact_odds_ratio, "firth_odds_ratio": firth_odds_ratio}
#: The search for a maximum and for bounds is compared at 1e-6; sums of probabilities further.
QUANTITIES = {"estimate": 1e-6, "low": 1e-6, "high": 1e-6}


def compared(ours, row, names):
    values = {"estimate": ours.estimate, "low": ours.ci_low, "high": ours.ci_high,
              "p": ours.p_value, "p_fisher": ours.p_fisher}  # fmt: skip
    for name, relative in names.items():
        np.testing.assert_allclose(
            values[name], number(row[name]), rtol=relative, err_msg=f"{name} of {row}"
        )


@pytest.mark.parametrize("method", sorted(METHODS))
def test_independent_arms_equal_r(method):
    rows = [r for r in TABLES if r["method"] == method]
    p = {"p": 1e-10, "p_fisher": 1e-10} if method == "exact_odds_ratio" else {"p": 1e-6}
    for row in rows:
        table = Fourfold(*(int(row[cell]) for cell in "abcd"))
        if table.refusal:
            continue
        compared(METHODS[method](table, confidence=0.95), row, QUANTITIES | p)
    assert len(rows) == 27


def test_pairs_equal_r():
    for row in PAIRS:
        ours = mcnemar_odds_ratio(int(row["gained"]), int(row["lost"]), confidence=0.95)
        compared(ours, row, dict.fromkeys((*QUANTITIES, "p"), 1e-10))
    assert len(PAIRS) == 104


def test_an_exact_interval_is_that_of_fisher_test():
    # R: fisher.test(matrix(c(8, 22, 17, 13), 2, byrow = TRUE)), its search ends at 1e-4.
    ours = exact_odds_ratio(Fourfold(8, 22, 17, 13), confidence=0.95)
    np.testing.assert_allclose(
        [ours.estimate, ours.ci_low, ours.ci_high], [0.2844525, 0.08087004, 0.92742390], rtol=1e-3
    )
