"""Firth's logistic regression of one outcome on all columns of a design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from stats.methods.arrays import Flags, Floats, as_matrix, check_confidence
from stats.methods.firth_logistic import NOT_FOUND, as_events, class_reason
from stats.methods.penalised_likelihood import Trials
from stats.methods.profile_likelihood import profile

SEPARATED = "a sum of columns separates events from the rest: the penalty alone bounds estimates"
DEPENDENT = "columns of the design follow from each other"


@dataclass(frozen=True)
class FirthModel:
    """Coefficients of one model; every array is (k,), a value a column of the design.

    Parameters
    ----------
    coefficients, ci_low, ci_high : log odds per unit of the column, NaN where `reason` says why
    statistic, p_value : penalised likelihood ratio of the column, chi-squared with 1 df
    n, n_events, n_dropped : persons that entered, of them with the event, left out for a gap
    is_separated : whether some sum of columns separates the outcomes
    reason : why there is no number, or what the reader must know; empty when nothing
    """

    coefficients: Floats
    ci_low: Floats
    ci_high: Floats
    statistic: Floats
    p_value: Floats
    n: int
    n_events: int
    n_dropped: int
    is_separated: bool
    reason: str


def firth_design(design: ArrayLike, events: ArrayLike, *, confidence: float) -> FirthModel:
    """Regress a yes-or-no outcome on all columns of a design at once.

    Parameters
    ----------
    design : (n_samples, k), NaN where missing; with a column of ones where there is an intercept
    events : (n_samples,), 1 for the event, 0 for none, NaN where unknown
    confidence : coverage of the intervals, as 0.95

    Raises
    ------
    ValueError
        The rows do not fit each other, a value is infinite, or an event is neither 0 nor 1.

    Notes
    -----
    Each column's interval and p as in `firth_logistic`; the penalty is that of the whole design.
    Where several columns separate the outcomes the profile may have several hills: two ways up are
    tried at each value, from the maximum and along Wald's tangent, and the higher end counts.

    References
    ----------
    Firth (1993), Biometrika 80:27–38, doi:10.1093/biomet/80.1.27; Heinze & Schemper (2002),
    Statistics in Medicine 21:2409–2419, doi:10.1002/sim.1047.
    Checked against the formulas written out in R at 1e-6.
    """
    check_confidence(confidence)
    matrix = as_matrix(design, "design")
    outcome = as_events(events, len(matrix))[:, 0]
    kept: Flags = ~np.isnan(matrix).any(axis=1) & ~np.isnan(outcome)
    x, y = matrix[kept], outcome[kept]
    n, n_events, k = len(y), int(y.sum()), matrix.shape[1]
    # Columns of one size, so that no unit of a column makes the information look singular.
    size = np.sqrt((x**2).mean(axis=0)) if n else np.zeros(k)
    reason = _refusal(x / np.where(size > 0, size, 1.0), n_events)
    values, separated = np.full((5, k), np.nan), False
    if not reason:
        values = _columns(x / size, y, confidence)
        values[:3] /= size
        separated = _is_separated(x / size, y)
        reason = NOT_FOUND if np.isnan(values).any() else SEPARATED if separated else ""
    estimate, low, high, ratio, p_value = values
    n_dropped = len(matrix) - n
    return FirthModel(
        estimate, low, high, ratio, p_value, n, n_events, n_dropped, separated, reason
    )


def _refusal(x: Floats, n_events: int) -> str:
    n, k = x.shape
    if n < k + 1:
        return f"too few persons with all values: {n}, at least {k + 1} are needed"
    if why := class_reason(n, n_events):
        return why
    return "" if np.linalg.matrix_rank(x, tol=1e-10 * np.sqrt(n * k)) == k else DEPENDENT


def _columns(x: Floats, y: Floats, confidence: float) -> Floats:
    """Return estimate, bounds, likelihood ratio and p (5, k) of every column."""
    trials = Trials(x[None], y[None], np.ones((1, len(y))))
    profiles = [profile(trials, j, confidence=confidence) for j in range(x.shape[1])]
    found = [(p.estimate, p.low, p.high, p.ratio, p.p_value) for p in profiles]
    return np.array(found, dtype=np.float64)[:, :, 0].T


def _is_separated(x: Floats, y: Floats) -> bool:
    """Return whether a plane leaves no event on one side and no other outcome beyond it.

    By linear programming (Konis 2007, DPhil thesis, Oxford): is there a direction that no person
    contradicts, and at least one supports?
    """
    sides = np.where(y == 1, 1.0, -1.0)[:, None] * x
    support = sides.sum(axis=0)
    found = optimize.linprog(-support, A_ub=-sides, b_ub=np.zeros(len(sides)), bounds=(-1, 1))
    return float(support @ found.x) > 1e-7
