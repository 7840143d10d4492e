"""Standardised differences of two groups: of numbers, and of shares of two or more classes."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats

#: Why there is no difference.
TOO_FEW = "fewer than two values in a group"
NO_SPREAD = "no spread in either group"
APART = "the groups share no class"


def difference_of_numbers(first: ArrayLike, second: ArrayLike) -> tuple[float, str]:
    """Return (mean of first − mean of second) over the root of their mean variance.

    Parameters
    ----------
    first, second : (n,) and (m,), in one unit; values are all there

    Returns
    -------
    (difference, reason)
        In standard deviations; NaN with a reason where it is not defined. Equal constants
        differ by 0.

    Notes
    -----
    The two variances count alike, whatever the sizes: it describes, and tests nothing.
    Austin 2009, Stat Med 28:3083, doi:10.1002/sim.3697. Checked against its formula in R.
    """
    a, b = (np.asarray(x, dtype=np.float64) for x in (first, second))
    if min(a.size, b.size) < 2:
        return float("nan"), TOO_FEW
    gap = float(a.mean() - b.mean())
    spread = sqrt((float(a.var(ddof=1)) + float(b.var(ddof=1))) / 2)
    if spread == 0:
        return (0.0, "") if gap == 0 else (float("nan"), NO_SPREAD)
    return gap / spread, ""


def difference_of_shares(first: ArrayLike, second: ArrayLike) -> tuple[float, str]:
    """Return the standardised difference of two distributions over the same classes.

    Parameters
    ----------
    first, second : (k,) counts of persons per class, in one order

    Returns
    -------
    (difference, reason)
        Two classes: (p − q) over the root of the mean of p(1 − p) and q(1 − q), with the sign of
        the first class. More: the Mahalanobis distance of the shares, never negative. NaN with
        a reason where it is not defined.

    Notes
    -----
    Classes that nobody is in are left out; of the others one follows from the rest and is left
    out of the distance, which does not depend on which.
    Austin 2009, doi:10.1002/sim.3697; Yang & Dalton 2012, SAS Global Forum, paper 335.
    Checked against their formulas in R.
    """
    counts = np.array([first, second], dtype=np.float64)
    if (counts.sum(axis=1) == 0).any():
        return float("nan"), TOO_FEW
    shares = counts / counts.sum(axis=1, keepdims=True)
    is_binary = shares.shape[1] == 2
    shares = shares[:, counts.sum(axis=0) > 0]
    if shares.shape[1] == 1:
        return 0.0, ""
    gap = (shares[0] - shares[1])[:-1]
    spread = (_covariance(shares[0]) + _covariance(shares[1]))[:-1, :-1] / 2
    if np.linalg.matrix_rank(spread, hermitian=True) < len(gap):
        return (0.0, "") if not gap.any() else (float("nan"), APART)
    distance = sqrt(float(gap @ np.linalg.solve(spread, gap)))
    return (float(np.copysign(distance, gap[0])) if is_binary else distance), ""


def _covariance(shares: Floats) -> Floats:
    """Return the covariance matrix of one draw of a multinomial."""
    return np.diag(shares) - np.outer(shares, shares)
