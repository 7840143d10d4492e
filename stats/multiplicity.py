"""Adjustment of p-values for the number of tests; NaN marks a test that was not made."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.methods.arrays import Floats


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Return p-values adjusted for the false discovery rate, along the last axis.

    Parameters
    ----------
    p_values : (…, n_tests), NaN where no test was made; those are not counted and stay NaN
        Each row of a matrix is adjusted on its own.

    Returns
    -------
    array of the same shape
        Never below the p-value, never above 1, in the order of the p-values.

    Notes
    -----
    Valid for independent or positively dependent tests.

    References
    ----------
    Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57:289–300,
    doi:10.1111/j.2517-6161.1995.tb02031.x. Checked against R `p.adjust(method = "BH")`.
    """
    return _step_up(p_values, any_dependence=False)


def benjamini_yekutieli(p_values: ArrayLike) -> Floats:
    """Return p-values adjusted for the false discovery rate under any dependence.

    As `benjamini_hochberg`, times 1 + 1/2 + … + 1/n.

    References
    ----------
    Benjamini & Yekutieli (2001), Annals of Statistics 29:1165–1188,
    doi:10.1214/aos/1013699998. Checked against R `p.adjust(method = "BY")`.
    """
    return _step_up(p_values, any_dependence=True)


def bonferroni(p_values: ArrayLike) -> Floats:
    """Return p-values times the number of tests, at most 1, along the last axis.

    Checked against R `p.adjust(method = "bonferroni")`.
    """
    p = _checked(p_values)
    n_tests = np.sum(~np.isnan(p), axis=-1, keepdims=True)
    adjusted: Floats = np.minimum(p * n_tests, 1.0)
    return adjusted


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values adjusted for the family-wise error rate by Holm's step-down.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6:65–70, jstor.org/stable/4615733.
    Checked against R `p.adjust(method = "holm")`.
    """
    p = _checked(p_values)
    order = np.argsort(p, axis=-1, kind="stable")
    n_tests = np.sum(~np.isnan(p), axis=-1, keepdims=True)
    left = np.maximum(n_tests - np.arange(p.shape[-1]), 1)
    raised = np.maximum.accumulate(np.take_along_axis(p, order, axis=-1) * left, axis=-1)
    return _put_back(np.minimum(raised, 1.0), order)


def realised_threshold(p_values: ArrayLike, *, alpha: float) -> Floats:
    """Return the p that Benjamini–Hochberg at `alpha` came down to: alpha × hits ÷ tests.

    Without a hit it is alpha ÷ tests, what a single hit would have needed; NaN without tests.
    Along the last axis, which is reduced.
    """
    adjusted = benjamini_hochberg(p_values)
    n_tests = np.sum(~np.isnan(adjusted), axis=-1)
    n_hits = np.maximum(np.sum(adjusted < alpha, axis=-1), 1)
    threshold: Floats = np.where(n_tests > 0, alpha * n_hits / np.maximum(n_tests, 1), np.nan)
    return threshold


def _step_up(p_values: ArrayLike, *, any_dependence: bool) -> Floats:
    p = _checked(p_values)
    order = np.argsort(p, axis=-1, kind="stable")
    ordered = np.take_along_axis(p, order, axis=-1)
    n_tests = np.sum(~np.isnan(p), axis=-1, keepdims=True)
    rank = np.arange(1.0, p.shape[-1] + 1)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / rank)])
    penalty = harmonic[n_tests] if any_dependence else 1.0
    scaled = ordered * (penalty * n_tests / rank)
    lowered = np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    return _put_back(np.where(np.isnan(ordered), np.nan, np.minimum(lowered, 1.0)), order)


def _put_back(ordered: Floats, order: NDArray[np.intp]) -> Floats:
    out = np.empty_like(ordered)
    np.put_along_axis(out, order, ordered, axis=-1)
    return out


def _checked(p_values: ArrayLike) -> Floats:
    p = np.asarray(p_values, dtype=np.float64)
    if ((p < 0) | (p > 1)).any():
        raise ValueError("a p-value lies outside 0 to 1")
    return p
