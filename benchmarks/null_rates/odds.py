"""How often tests of odds ratios reject a true null: every table is counted, none is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache, partial
from itertools import product

import numpy as np
from scipy import stats as sps

from benchmarks.null_rates.draws import Flags, Floats
from stats.methods.exact_odds_ratio import exact_odds_ratio
from stats.methods.firth_odds_ratio import firth_odds_ratios
from stats.methods.mcnemar_odds_ratio import mcnemar_odds_ratio
from stats.methods.odds_ratio import Fourfold

ALPHA, CONFIDENCE = 0.05, 0.95
#: Shares of persons with the event (of pairs that differ) whose rates stand in the table, and
#: those over which the largest is sought; rates are symmetric about one half for two arms.
SHARES = (0.1, 0.3, 0.5)
GRID = np.arange(1, 200) / 200
#: Persons of the two arms, and pairs.
ARMS = ((30, 30), (30, 10), (12, 18), (5, 5))
PAIRS = (30, 10, 6)
_INDEPENDENT = ("exact_odds_ratio", "exact_odds_ratio, Fisher's p", "firth_odds_ratio")
_PAIRED = "mcnemar_odds_ratio"
#: The first two and McNemar's are exact: no rate of theirs may exceed 0.05.
EXACT = (*_INDEPENDENT[:2], _PAIRED)


@dataclass(frozen=True)
class OddsRate:
    """Rates of one test of some persons: one row of the committed table.

    Parameters
    ----------
    rate_10, rate_30, rate_50 : chance of p < 0.05 where that share (in %) has the event in both
        arms, or where that share of pairs differs; a table without a test rejects nothing
    largest : largest such chance of all shares of the grid, and `at` the share where it is
    """

    test: str
    data: str
    rate_10: float
    rate_30: float
    rate_50: float
    largest: float
    at: float

    @property
    def holds(self) -> bool:
        """Whether an exact test keeps its level at every share."""
        return self.test not in EXACT or self.largest <= ALPHA

    def row(self) -> dict[str, str]:
        """Return the cells of the committed table."""
        return {k: v if isinstance(v, str) else f"{v:.6g}" for k, v in asdict(self).items()}


def read_odds(row: Mapping[str, str]) -> OddsRate:
    """Return a row of the committed table."""
    kinds = {"str": str, "float": float}
    return OddsRate(**{f.name: kinds[str(f.type)](row[f.name]) for f in fields(OddsRate)})


def odds_rates(
    arms: tuple[tuple[int, int], ...] = ARMS, pairs: tuple[int, ...] = PAIRS
) -> list[OddsRate]:
    """Return the rates of every test of odds ratios."""
    independent = [
        _of_shares(test, f"{m} v {n}", partial(_size_of_arms, test, m, n))
        for test in _INDEPENDENT
        for m, n in arms
    ]
    paired = [_of_shares(_PAIRED, f"{n} pairs", partial(_size_of_pairs, n)) for n in pairs]
    return independent + paired


def _of_shares(test: str, data: str, size: Callable[[Floats], Floats]) -> OddsRate:
    every = size(GRID)
    at_10, at_30, at_50 = size(np.array(SHARES)).tolist()
    top = int(every.argmax())
    return OddsRate(test, data, at_10, at_30, at_50, float(every[top]), float(GRID[top]))


def _size_of_arms(test: str, m: int, n: int, shares: Floats) -> Floats:
    """Return the chance of a rejection at each share: a sum over all tables of m and n persons."""
    first = sps.binom.pmf(np.arange(m + 1), m, shares[:, None])
    second = sps.binom.pmf(np.arange(n + 1), n, shares[:, None])
    rejected = rejected_tables(test, m, n).astype(np.float64)
    return np.asarray(np.einsum("si,ij,sj->s", first, rejected, second), dtype=np.float64)


def _size_of_pairs(n: int, shares: Floats) -> Floats:
    """Return the same of pairs: how many of them differ is chance, and so is which way."""
    differ = sps.binom.pmf(np.arange(n + 1), n, shares[:, None])
    return np.asarray(differ @ np.array([_size_given(k) for k in range(n + 1)]), dtype=np.float64)


@cache
def rejected_tables(test: str, m: int, n: int) -> Flags:
    """Return which tables have p < 0.05: (m + 1, n + 1), by the events of either arm."""
    tables = [Fourfold(a, m - a, c, n - c) for a, c in product(range(m + 1), range(n + 1))]
    if test == "firth_odds_ratio":
        p = [r.p_value for r in firth_odds_ratios(tables, confidence=CONFIDENCE)]
    else:
        results = [exact_odds_ratio(t, confidence=CONFIDENCE) for t in tables]
        p = [r.p_fisher if test.endswith("Fisher's p") else r.p_value for r in results]
    # What is refused has no p, and no number below the level is not a rejection.
    return (np.array(p, dtype=np.float64) < ALPHA).reshape(m + 1, n + 1)


@cache
def _size_given(n_differ: int) -> float:
    """Return the chance of p < 0.05 of McNemar's test given how many pairs differ."""
    gained = np.arange(n_differ + 1)
    p = [
        mcnemar_odds_ratio(g, n_differ - g, confidence=CONFIDENCE).p_value for g in gained.tolist()
    ]
    return float((np.array(p) < ALPHA) @ sps.binom.pmf(gained, n_differ, 0.5))
