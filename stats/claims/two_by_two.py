"""2 × 2 tables of stated sizes: which of them print an odds ratio and its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats as sps

from contracts.claim_figures import Printed
from stats.claims.rounding import ROUNDED, TRUNCATED, bounds
from stats.methods.arrays import Floats

#: What is added to each cell: nothing, or a half (Haldane–Anscombe).
ADDED = (0.0, 0.5)
#: Groups of more persons are not searched: thousands of tables would print alike.
MOST_PERSONS = 1000


@dataclass(frozen=True)
class Table:
    """A table that prints an odds ratio and its interval.

    Parameters
    ----------
    events_1, n_1, events_2, n_2 : events and persons of both groups; of pairs: persons with the
        event only the first time and only the second time, in events_1 and events_2
    added : 0 or 0.5, added to each cell
    is_paired : whether the events are the discordant pairs of n_1 pairs
    way : rounded or truncated
    interval : wald or exact (Clopper–Pearson of the discordant pairs)
    """

    events_1: int
    n_1: int
    events_2: int
    n_2: int
    added: float
    is_paired: bool = False
    way: str = ROUNDED
    interval: str = "wald"

    @property
    def words(self) -> str:
        """`8/22 v 17/13`; of pairs `b = 3, c = 11 of 30 pairs`."""
        half = " with +0.5 per cell" if self.added else ""
        if self.is_paired:
            return f"b = {self.events_1}, c = {self.events_2} of {self.n_1} pairs{half}"
        first = f"{self.events_1}/{self.n_1 - self.events_1}"
        return f"{first} v {self.events_2}/{self.n_2 - self.events_2}{half}"

    @property
    def wald(self) -> tuple[float, float, float]:
        """Log odds ratio, its standard error and z."""
        if self.is_paired:
            b, c = self.events_1 + self.added, self.events_2 + self.added
            if not b * c:
                return math.inf if b else -math.inf, math.inf, math.nan
            log, se = float(np.log(b / c)), float(np.sqrt(1 / b + 1 / c))
        else:
            cells = self.cells + self.added
            log = float(np.log(cells[0, 0] * cells[1, 1] / (cells[0, 1] * cells[1, 0])))
            se = float(np.sqrt((1 / cells).sum()))
        return log, se, log / se

    @property
    def cells(self) -> Floats:
        """Events and others of both groups, (2, 2)."""
        return np.array([[self.events_1, self.n_1 - self.events_1],
                         [self.events_2, self.n_2 - self.events_2]], dtype=np.float64)  # fmt: skip


def p_values(table: Table) -> dict[str, float]:
    """Return the p-values that a publication may have printed for a table.

    Independent: Wald, χ² without and with Yates's correction, Fisher (two-sided: tables no more
    likely than the one seen). Pairs: Wald, McNemar without and with correction, exact binomial.
    The half per cell enters Wald's alone.
    """
    z = table.wald[2]
    found = {"wald": float(2 * sps.norm.sf(abs(z)))} if math.isfinite(z) else {}
    if table.is_paired:
        b, c = table.events_1, table.events_2
        if b + c:
            found["mcnemar"] = float(sps.chi2.sf((b - c) ** 2 / (b + c), 1))
            corrected = max(abs(b - c) - 1, 0) ** 2 / (b + c)
            found["mcnemar_corrected"] = float(sps.chi2.sf(corrected, 1))
            found["binomial"] = min(1.0, float(2 * sps.binom.cdf(min(b, c), b + c, 0.5)))
        return found
    cells = table.cells
    if (cells.sum(axis=0) > 0).all():
        found["chi_square"] = _chi_square(cells, 0.0)
        found["chi_square_yates"] = _chi_square(cells, 0.5)
    found["fisher"] = _fisher(table)
    return found


def _chi_square(cells: Floats, correction: float) -> float:
    expected = cells.sum(axis=1, keepdims=True) * cells.sum(axis=0) / cells.sum()
    off = np.abs(cells - expected)
    off = off - np.minimum(correction, off)
    return float(sps.chi2.sf(float((off**2 / expected).sum()), 1))


def _fisher(table: Table) -> float:
    n, events = table.n_1 + table.n_2, table.events_1 + table.events_2
    possible = np.arange(max(0, events - table.n_2), min(events, table.n_1) + 1)
    chances = sps.hypergeom.pmf(possible, n, events, table.n_1)
    own = float(sps.hypergeom.pmf(table.events_1, n, events, table.n_1))
    return min(1.0, float(chances[chances <= own * (1 + 1e-7)].sum()))


def tables_that_print(
    ratio: Printed, low: Printed, high: Printed, n_1: int, n_2: int, quantile: float, level: float
) -> tuple[Table, ...]:
    """Return every table that prints an odds ratio and its interval, most likely reading first.

    Parameters
    ----------
    quantile : normal quantile of the interval, as 1.96
    level : its coverage, as 0.95, for exact intervals

    Returns
    -------
    tuple of Table
        Independent tables first; rounded before truncated, which is sought only where nothing
        rounded prints. Tables that name events and groups the other way round print the same; of
        such twins the one with fewer events stands.
    """
    printed = (ratio, low, high)
    for way in (ROUNDED, TRUNCATED):
        found = [
            *_independent(printed, n_1, n_2, quantile, way),
            *(_paired(printed, n_1, quantile, level, way) if n_1 == n_2 else ()),
        ]
        if found:
            return tuple(_without_twins(found))
    return ()


def _independent(
    printed: tuple[Printed, ...], n_1: int, n_2: int, quantile: float, way: str
) -> Iterator[Table]:
    a = np.arange(n_1 + 1, dtype=np.float64)[:, None]
    c = np.arange(n_2 + 1, dtype=np.float64)[None, :]
    for added in ADDED:
        cells = (a + added, n_1 - a + added, c + added, n_2 - c + added)
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(cells[0]) - np.log(cells[1]) - np.log(cells[2]) + np.log(cells[3])
            error = np.sqrt(1 / cells[0] + 1 / cells[1] + 1 / cells[2] + 1 / cells[3])
            fits = _fits(log, error, printed, quantile, way)
        for i, j in zip(*np.nonzero(fits), strict=True):
            yield Table(int(i), n_1, int(j), n_2, added, way=way)


def _paired(
    printed: tuple[Printed, ...], n: int, quantile: float, level: float, way: str
) -> Iterator[Table]:
    b = np.arange(n + 1, dtype=np.float64)[:, None]
    c = np.arange(n + 1, dtype=np.float64)[None, :]
    for added in ADDED:
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(b + added) - np.log(c + added)
            error = np.sqrt(1 / (b + added) + 1 / (c + added))
            fits = _fits(log, error, printed, quantile, way) & (b + c <= n)
        for i, j in zip(*np.nonzero(fits), strict=True):
            yield Table(int(i), n, int(j), n, added, is_paired=True, way=way)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = b / c
    for i, j in zip(*np.nonzero(_print((ratio,), printed[:1], way) & (b + c <= n)), strict=True):
        if _exact_prints(int(i), int(j), printed[1:], level, way):
            yield Table(int(i), n, int(j), n, 0.0, is_paired=True, way=way, interval="exact")


def _exact_prints(b: int, c: int, printed: tuple[Printed, ...], level: float, way: str) -> bool:
    """Return whether the Clopper–Pearson interval of b / c prints so, as p / (1 − p)."""
    tail = (1 - level) / 2
    lower = float(sps.beta.ppf(tail, b, c + 1)) if b else 0.0
    upper = float(sps.beta.isf(tail, b + 1, c)) if c else 1.0
    ends = tuple(np.array([p / (1 - p) if p < 1 else np.inf]) for p in (lower, upper))
    return bool(_print(ends, printed, way)[0])


def _fits(
    log: Floats, error: Floats, printed: tuple[Printed, ...], quantile: float, way: str
) -> NDArray[np.bool_]:
    shown = (np.exp(log), np.exp(log - quantile * error), np.exp(log + quantile * error))
    return _print(shown, printed, way)


def _print(values: tuple[Floats, ...], printed: tuple[Printed, ...], way: str) -> NDArray[np.bool_]:
    """Return where all values print so; a half of the last digit may go either way."""
    fits = np.ones(values[0].shape, dtype=np.bool_)
    for value, stated in zip(values, printed, strict=True):
        low, high = (float(b) for b in bounds(stated, way))
        slack = 1e-9 * float(stated.unit)
        below = value <= high + slack if way == ROUNDED else value < high - slack
        fits &= np.isfinite(value) & (value >= low - slack) & below
    return fits


def _without_twins(found: list[Table]) -> Iterator[Table]:
    known = {_key(t) for t in found}
    for table in found:
        twin = _twin(table)
        is_alone = table.is_paired or _key(twin) not in known or _key(twin) == _key(table)
        if is_alone or _events(table) < _events(twin):
            yield table


def _twin(table: Table) -> Table:
    """Return the table with events and others, and both groups, in each other's place."""
    if table.n_1 != table.n_2:
        return table
    return Table(table.n_2 - table.events_2, table.n_2, table.n_1 - table.events_1, table.n_1,
                 table.added, way=table.way)  # fmt: skip


def _events(table: Table) -> tuple[int, int]:
    return table.events_1 + table.events_2, table.events_1


def _key(table: Table) -> tuple[int, int, float, bool, str]:
    return table.events_1, table.events_2, table.added, table.is_paired, table.interval
