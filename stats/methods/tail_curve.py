"""Many t tails of one df: a Chebyshev series of log p instead of an integral for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from scipy import special

from stats.methods.arrays import Floats

#: The series must meet the integral so closely between its nodes, in log p.
_CLOSE = 5e-13
#: Terms of the series below this change nothing.
_NOTHING = 3e-15


@dataclass(frozen=True)
class _Rule:
    """Where a polynomial of one degree is fixed on [-1, 1], and how it is read elsewhere.

    Parameters
    ----------
    points : (n + m,), the n nodes, then m points between them where it is checked
    n : number of nodes
    to_series : (n, n), values at the nodes → coefficients (a discrete cosine transform)
    at_checks : (m, n), coefficients → values at the points between
    """

    points: Floats
    n: int
    to_series: Floats
    at_checks: Floats


def _rule(degree: int) -> _Rule:
    n = degree + 1
    nodes = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    checks = np.cos(np.pi * np.arange(1, n, 3) / n)
    to_series = np.asarray(chebyshev.chebvander(nodes, degree).T * (2 / n), dtype=np.float64)
    to_series[0] /= 2
    at_checks = np.asarray(chebyshev.chebvander(checks, degree), dtype=np.float64)
    return _Rule(np.concatenate([nodes, checks]), n, to_series, at_checks)


_RULES = tuple(_rule(degree) for degree in (20, 32))


def curve_of_tails(size: Floats, df: float, exact: Callable[[Floats], Floats]) -> Floats:
    """Return two-sided p-values of |t|.

    Parameters
    ----------
    size : (n,), |t|, NaN where missing
    df : degrees of freedom of all of them
    exact : two-sided p-values of a few |t|; also of all, should a series not be as good

    Notes
    -----
    log p is smooth in |t| up to its singularity at i √df; beyond 2 √df it is taken in
    arsinh(|t| ÷ √df), where it becomes a straight line. The series ends where p = 1e-40 (further
    out each p has its integral), and is checked between its nodes.
    """
    largest = float(np.fmax.reduce(size, initial=0.0))
    if not largest > 0:
        return exact(size)
    reach = min(largest, float(-special.stdtrit(df, 0.5e-40)))
    unit = df**0.5
    is_plain = reach < 2 * unit
    top = reach if is_plain else float(np.arcsinh(reach / unit))
    for rule in _RULES:
        along = (rule.points + 1) * (top / 2)
        told = np.log(exact(along if is_plain else unit * np.sinh(along)))
        series = rule.to_series @ told[: rule.n]
        if np.abs(rule.at_checks @ series - told[rule.n :]).max() <= _CLOSE:
            break
    else:
        return exact(size)
    x = (size if is_plain else np.arcsinh(size / unit)) * (2 / top)
    x -= 1
    np.minimum(x, 1.0, out=x)
    p_value = _clenshaw(_trimmed(series), x)
    np.exp(p_value, out=p_value)
    np.minimum(p_value, 1.0, out=p_value)
    if largest > reach:
        is_beyond = size > reach
        p_value[is_beyond] = exact(size[is_beyond])
    return p_value


def _trimmed(series: Floats) -> Floats:
    """Return the series without the last terms that are rounding errors."""
    return series[: int(np.flatnonzero(np.abs(series) > _NOTHING)[-1]) + 1]


def _clenshaw(series: Floats, x: Floats) -> Floats:
    """Return the value of a Chebyshev series, in three buffers whatever its degree."""
    twice = 2 * x
    last, before, value = np.zeros_like(x), np.zeros_like(x), np.empty_like(x)
    for c in series[:0:-1]:
        np.multiply(twice, last, out=value)
        value -= before
        value += c
        last, before, value = value, last, before
    value[:] = x
    value *= last
    value -= before
    value += series[0]
    return value
