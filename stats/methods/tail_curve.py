"""Many t tails of one df: a Chebyshev series of log p instead of an integral for each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial import chebyshev
from scipy import special

from stats.methods.arrays import Floats

_DEGREE = 32
#: The series must meet the integral so closely between its nodes, in log p.
_CLOSE = 5e-13
#: Terms of the series below this change nothing.
_NOTHING = 3e-15
_NODES = np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))
#: Values at the nodes → coefficients (a discrete cosine transform).
_TO_SERIES = chebyshev.chebvander(_NODES, _DEGREE).T * (2 / (_DEGREE + 1))
_TO_SERIES[0] /= 2
_BETWEEN = np.cos(np.pi * np.arange(1, _DEGREE + 1, 3) / (_DEGREE + 1))


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
    reach = min(largest, float(-special.stdtrit(df, 0.5e-40)))
    unit = float(np.sqrt(df))
    is_plain = reach < 2 * unit
    top = reach if is_plain else float(np.arcsinh(reach / unit))

    def log_p(x: Floats) -> Floats:
        along = (x + 1) * (top / 2)
        return np.log(exact(along if is_plain else unit * np.sinh(along)))

    series = _TO_SERIES @ log_p(_NODES)
    off = np.abs(chebyshev.chebval(_BETWEEN, series) - log_p(_BETWEEN))
    if top <= 0 or not off.max() <= _CLOSE:
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
