"""Shapiro–Wilk test of normality."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats as sps

from stats.methods.arrays import Floats, as_matrix
from stats.methods.moments import is_constant, shared_moments
from stats.methods.result import CI_NOT_DEFINED, MethodResult, first_reason, missing, sound

#: Royston's approximation of the p-value was fitted up to here.
_MOST_VALUES = 5000


def shapiro_wilk(values: ArrayLike) -> MethodResult:
    """Test whether the values of each target could come from one normal distribution.

    Parameters
    ----------
    values : (n_samples, n_targets), log2 levels or differences, NaN where missing

    Returns
    -------
    MethodResult
        `statistic`: W, near 1 for normal values; `p_value`: lower tail. No estimate, interval,
        degrees of freedom or effect size. Three to 5,000 values are needed.

    Raises
    ------
    ValueError
        Not a matrix, or an infinite value.

    Notes
    -----
    Stored as a diagnostic, never used to choose the test. Assumes independent values.

    References
    ----------
    Royston (1995), Applied Statistics 44:547–551, algorithm AS R94, doi:10.2307/2986146.
    Checked against R `shapiro.test`: W at 1e-8, p at 1e-7.
    """
    matrix = as_matrix(values, "values")
    (m,) = shared_moments([matrix])
    n_targets = matrix.shape[1]
    counts = m.n.tolist()
    with np.errstate(divide="ignore", invalid="ignore"):
        reasons = first_reason(
            n_targets,
            [
                (m.n < 3, [f"too few values: {n}, at least 3 are needed" for n in counts]),
                (m.n > _MOST_VALUES, [f"{n} values: p is defined up to 5000" for n in counts]),
                (is_constant(np.sqrt(m.variance), [m]), "zero variance: all values agree"),
            ],
        )
    statistic, p_value = _per_target(matrix, sound(reasons).tolist())
    return MethodResult(
        estimate=missing(n_targets),
        ci_low=missing(n_targets),
        ci_high=missing(n_targets),
        statistic=statistic,
        df=missing(n_targets),
        df_denominator=missing(n_targets),
        p_value=p_value,
        effect_size=missing(n_targets),
        effect_size_kind="",
        n_numerator=m.n,
        n_denominator=np.zeros_like(m.n),
        n_pairs=None,
        n_dropped=m.n_missing,
        reason=tuple(r or CI_NOT_DEFINED for r in reasons),
    )


def _per_target(matrix: Floats, wanted: list[bool]) -> tuple[Floats, Floats]:
    statistic, p_value = missing(matrix.shape[1]), missing(matrix.shape[1])
    for i in np.flatnonzero(wanted):
        column = matrix[:, i]
        statistic[i], p_value[i] = sps.shapiro(np.sort(column[~np.isnan(column)]))
    return statistic, p_value
