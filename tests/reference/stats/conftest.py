"""Reading the committed reference values, and the rule by which numbers agree."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
QUANTITIES = ("estimate", "ci_low", "ci_high", "statistic", "df", "df_denominator", "p_value")
RELATIVE = {"shapiro_wilk": {"statistic": 1e-8, "p_value": 1e-7}}

#: R rounds each mean at the height of the levels: log2 levels near 16 carry 2^-52 · 16 = 4e-15,
#: a difference of two means and its bounds twice that. A bound that happens to lie near zero can
#: agree no better.
LOG2_FLOOR = 1e-14
#: The same rounding over a standard error of 0.1. It acts on t, and on the root of F, which is a
#: distance of means over their error. Where |t| exceeds 0.1 the relative rule is the stricter one.
STATISTIC_FLOOR = 1e-13

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def read() -> Callable[[str], Rows]:
    """Return the rows of a committed file of this folder."""

    def reader(name: str) -> Rows:
        with (HERE / name).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    return reader


def number(text: str) -> float:
    return float("nan") if text in ("NA", "") else float(text)


def in_units_of_means(method: str, quantity: str, values):
    if quantity == "statistic" and method in ("anova_oneway", "levene"):
        return np.sqrt(values)
    return values


@pytest.fixture(scope="session")
def agree() -> Callable:
    """Check arrays of one method and quantity against R; NaN must meet NA."""

    def check(method: str, quantity: str, ours, theirs) -> None:
        relative = RELATIVE.get(method, {}).get(quantity, 1e-12)
        floor = {"statistic": STATISTIC_FLOOR, "p_value": 0.0}.get(quantity, LOG2_FLOOR)
        ours = in_units_of_means(method, quantity, np.asarray(ours, dtype=float))
        theirs = in_units_of_means(method, quantity, np.asarray(theirs, dtype=float))
        np.testing.assert_allclose(
            ours, theirs, rtol=relative, atol=floor, equal_nan=True, err_msg=f"{method} {quantity}"
        )

    return check


@pytest.fixture(scope="session")
def agree_with_block(agree) -> Callable:
    """Check a MethodResult against the rows of R, targets in the same order."""

    def check(method: str, result, expected: Rows) -> None:
        refused = np.array([row["statistic"] == "NA" for row in expected])
        for quantity in QUANTITIES:
            theirs = np.array([number(row[quantity]) for row in expected])
            ours = getattr(result, quantity)
            if quantity == "estimate":
                # A difference of means is told even where it cannot be tested.
                ours = np.where(refused, np.nan, ours)
            agree(method, quantity, ours, theirs)

    return check
