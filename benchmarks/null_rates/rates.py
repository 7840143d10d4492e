"""From p-values of many studies to a rate, its error, and whether it is what it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np

from benchmarks.null_rates.draws import Flags, Floats, generator
from benchmarks.null_rates.sizes import ALPHA

SEED = 20170105
#: Studies of one block: bounds the memory. Each block has random numbers of its own, so that few
#: studies are the first ones of many.
BLOCK = 25


@dataclass(frozen=True)
class Rule:
    """What a rate must be.

    Parameters
    ----------
    kind : `exact` (expected ± 3 standard errors), `at_most` (up to expected + 3 standard errors),
        `between` (from low to high) or `shown` (nothing is promised; an approximate test, or an
        assumption that does not hold).
    """

    kind: str
    expected: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")

    def bounds(self, error: float) -> tuple[float, float]:
        """Return the allowed range of a rate with this standard error, NaN for no bound."""
        if self.kind == "exact":
            return self.expected - 3 * error, self.expected + 3 * error
        if self.kind == "at_most":
            return 0.0, self.expected + 3 * error
        return self.low, self.high


@dataclass(frozen=True)
class Scenario:
    """A test on data whose null is true; test and data together name it.

    Parameters
    ----------
    test : method, or rule that is applied.
    data : what is drawn, in words.
    rule : what its rate must be.
    p_values : from random numbers and a number of studies to p (n_studies, n_tests).
    stream : names the random numbers; scenarios of one name look at the same studies. Empty for
        random numbers of its own.
    """

    test: str
    data: str
    rule: Rule
    p_values: Callable[[np.random.Generator, int], Floats]
    stream: str = ""


@dataclass(frozen=True)
class Rate:
    """What a scenario gave: one row of the committed table.

    Parameters
    ----------
    rate : share of p below 0.05.
    standard_error : of the rate, studies taken as clusters.
    low, high : what the rule allows, NaN for no bound.
    target_q05, target_q95 : quantiles, over the places of a study, of the rate at that place.
    """

    test: str
    data: str
    rule: str
    expected: float
    low: float
    high: float
    rate: float
    standard_error: float
    target_q05: float
    target_q95: float
    n_studies: int
    n_tests: int

    @property
    def holds(self) -> bool:
        """Whether the rate is what the rule allows."""
        return not (self.rate < self.low or self.rate > self.high)

    def row(self) -> dict[str, str]:
        """Return the row as text."""
        return {k: f"{v:.8g}" if isinstance(v, float) else str(v) for k, v in asdict(self).items()}


def read_rate(row: Mapping[str, str]) -> Rate:
    """Return the rate that a row of text holds."""
    kinds = {"str": str, "float": float, "int": int}
    return Rate(**{f.name: kinds[str(f.type)](row[f.name]) for f in fields(Rate)})


def measure(scenario: Scenario, n_studies: int, seed: int = SEED) -> Rate:
    """Return the rate of a scenario over so many studies.

    Raises
    ------
    ValueError
        A test gave no p.
    """
    p = draw_p_values(scenario, n_studies, seed)
    rejected = np.asarray(p < ALPHA, dtype=np.bool_)
    rate, error = float(rejected.mean()), cluster_error(rejected)
    low, high = scenario.rule.bounds(error)
    by_place = rejected.mean(axis=0)
    return Rate(
        test=scenario.test,
        data=scenario.data,
        rule=scenario.rule.kind,
        expected=scenario.rule.expected,
        low=low,
        high=high,
        rate=rate,
        standard_error=error,
        target_q05=float(np.quantile(by_place, 0.05)),
        target_q95=float(np.quantile(by_place, 0.95)),
        n_studies=p.shape[0],
        n_tests=p.shape[1],
    )


def draw_p_values(scenario: Scenario, n_studies: int, seed: int) -> Floats:
    """Return (n_studies, n_tests) p-values; few studies are the first ones of many."""
    names = [scenario.stream] if scenario.stream else [scenario.test, scenario.data]
    blocks = [
        scenario.p_values(generator(seed, *names, start), BLOCK)
        for start in range(0, n_studies, BLOCK)
    ]
    p = np.concatenate(blocks)[:n_studies]
    if np.isnan(p).any():
        raise ValueError(f"{scenario.test}, {scenario.data}: a test gave no p")
    return p


def cluster_error(rejected: Flags) -> float:
    """Return the standard error of a rate whose tests are dependent within a study.

    Never below the binomial one, which holds where they are independent.
    """
    by_study = rejected.mean(axis=1)
    rate = float(by_study.mean())
    binomial = np.sqrt(rate * (1 - rate) / rejected.size)
    return float(max(binomial, by_study.std(ddof=1) / np.sqrt(len(by_study))))
