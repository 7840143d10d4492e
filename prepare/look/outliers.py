"""Arrays that stand apart from the others of their layout: three robust detectors.

Modified z-score 0.6745 · (x − median) / MAD, apart above 3.5 (Iglewicz & Hoaglin 1993, How to
Detect and Handle Outliers, ASQC). A least spread keeps a set of near-identical arrays from
calling trifles apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from prepare.look.measures import Array

LIMIT = 3.5
MIN_ARRAYS = 5
#: Least MAD that counts: Fisher's z of a correlation, log2 of a level, log2 of a background.
_LEAST_SPREAD = {"correlation": 0.15, "level": 0.2, "background": 0.2}
_MIN_SHARED = 10

_LEVELS = """
select
    array_id,
    target_key,
    case when avg(net_afu) filter (where is_kept) > 0
        then log2(avg(net_afu) filter (where is_kept)) end as level_log2
from spots
where target_kind = 'analyte'
group by all
order by array_id, target_key
"""


@dataclass(frozen=True)
class Apart:
    """An array that stands apart: which detector says so, and by what figure."""

    array_id: str
    detector: str
    figure: float
    usual: float
    z: float


def correlations(con: DuckDBPyConnection, found: Sequence[Array]) -> dict[str, float]:
    """Return each array's median Pearson correlation of log2 net with the others of its layout."""
    levels: dict[str, dict[str, float]] = defaultdict(dict)
    for array_id, target, level in con.execute(_LEVELS).fetchall():
        levels[array_id][target] = np.nan if level is None else level
    medians: dict[str, float] = {}
    for group in comparable(found):
        if len(group) < 2:
            continue
        targets = sorted(set().union(*(levels[a.array_id] for a in group)))
        matrix = np.array([[levels[a.array_id].get(t, np.nan) for t in targets] for a in group])
        medians |= {
            array.array_id: float(m)
            for array, m in zip(group, _median_correlation(matrix), strict=True)
            if np.isfinite(m)
        }
    return medians


def apart(
    found: Sequence[Array], correlation: dict[str, float], empty: frozenset[str]
) -> tuple[Apart, ...]:
    """Return the arrays that stand apart from at least four others of their layout."""
    results: list[Apart] = []
    for group in comparable(found):
        serum = [a for a in group if a.array_id not in empty]
        for detector, side in (("correlation", -1), ("level", 0), ("background", 1)):
            figures = {a.array_id: f for a in serum
                       if (f := _figure(a, detector, correlation)) is not None}  # fmt: skip
            results += _beyond(detector, side, figures)
    return tuple(results)


def comparable(found: Sequence[Array]) -> list[list[Array]]:
    """Return arrays in groups that print the same."""
    groups: dict[str, list[Array]] = defaultdict(list)
    for array in found:
        groups[array.comparable_with].append(array)
    return list(groups.values())


def _figure(array: Array, detector: str, correlation: dict[str, float]) -> float | None:
    if detector == "correlation":
        return correlation.get(array.array_id)
    value = array.level_afu if detector == "level" else array.background_afu
    return value if value is not None and value > 0 else None


def _beyond(detector: str, side: int, figures: dict[str, float]) -> list[Apart]:
    if len(figures) < MIN_ARRAYS:
        return []
    values = np.array(list(figures.values()))
    scaled = np.arctanh(np.clip(values, -0.9999, 0.9999)) if detector == "correlation" else (
        np.log2(values)
    )  # fmt: skip
    middle = float(np.median(scaled))
    spread = max(float(np.median(np.abs(scaled - middle))), _LEAST_SPREAD[detector])
    z = 0.6745 * (scaled - middle) / spread
    usual = float(np.median(values))
    return [
        Apart(name, detector, float(value), usual, float(score))
        for name, value, score in zip(figures, values, z, strict=True)
        if abs(score) > LIMIT and (side == 0 or np.sign(score) == side)
    ]


def _median_correlation(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row's median correlation with the other rows, over columns that both have."""
    has = np.isfinite(matrix)
    filled = np.where(has, matrix, 0.0)
    mask = has.astype(np.float64)
    n = mask @ mask.T
    sums = filled @ mask.T
    products = filled @ filled.T
    squares = (filled**2) @ mask.T
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = products - sums * sums.T / n
        variance = squares - sums**2 / n
        r = covariance / np.sqrt(variance * variance.T)
    r[n < _MIN_SHARED] = np.nan
    np.fill_diagonal(r, np.nan)
    return np.array([np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan
                     for row in r])  # fmt: skip
