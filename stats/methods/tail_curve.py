"""Many t tails of one df: a polynomial of log p instead of an integral for each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from stats.methods.arrays import Floats
from stats.methods.fitted_series import chebyshev_rule, polynomial

#: The polynomial must meet the integral so closely between its nodes, in log p.
_CLOSE = 5e-13
_RULES = tuple(chebyshev_rule(degree) for degree in (20, 32))


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
    arsinh(|t| ÷ √df), where it becomes a straight line. The polynomial ends where p = 1e-40
    (further out each p has its integral), and is checked between its nodes.
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
        coefficients = rule.fitted(told, close=_CLOSE)
        if coefficients is not None:
            break
    else:
        return exact(size)
    x = (size if is_plain else np.arcsinh(size / unit)) * (2 / top)
    x -= 1
    np.minimum(x, 1.0, out=x)
    p_value = polynomial(coefficients, x)
    np.exp(p_value, out=p_value)
    np.minimum(p_value, 1.0, out=p_value)
    if largest > reach:
        is_beyond = size > reach
        p_value[is_beyond] = exact(size[is_beyond])
    return p_value
