"""The hit rule of an analysis: which targets count as changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats
from stats.multiplicity import benjamini_hochberg
from stats.plan import Analysis


def signed_fold_change(log2fc: ArrayLike) -> Floats:
    """Return the ratio where it is at least 1, else minus its reciprocal.

    Parameters
    ----------
    log2fc : any shape, difference of mean log2 levels (so the ratio is of geometric means)
    """
    change = np.asarray(log2fc, dtype=np.float64)
    return np.where(change >= 0, 1.0, -1.0) * np.exp2(np.abs(change))


def is_hit(analysis: Analysis, p_values: Floats, log2fc: Floats) -> Flags:
    """Return which targets satisfy the rule of the analysis.

    Parameters
    ----------
    p_values, log2fc : (…, n_targets), NaN where not computed; never a hit
        Correct mode adjusts the p-values along the last axis (Benjamini–Hochberg), paper mode
        does not.
    """
    p = p_values if analysis.mode == "paper" else benjamini_hochberg(p_values)
    return passes(analysis, p, log2fc)


def adjusted_together(analysis: Analysis, own: Floats, others: Floats) -> Floats:
    """Return own p-values adjusted over own and others' together; paper mode does not adjust.

    Parameters
    ----------
    own : (n_targets,); others : (n_others,); NaN where not computed
    """
    if analysis.mode == "paper":
        return own
    return benjamini_hochberg(np.concatenate([own, others]))[: len(own)]


def passes(analysis: Analysis, p: Floats, log2fc: Floats) -> Flags:
    """Return where p, adjusted already where it is to be, and the fold change pass the rule."""
    hits = p < analysis.alpha
    if analysis.min_abs_fold_change > 1:
        hits &= np.abs(signed_fold_change(log2fc)) >= analysis.min_abs_fold_change
    return np.asarray(hits, dtype=np.bool_)


def rule_text(analysis: Analysis) -> str:
    """Return the rule in words."""
    paper = analysis.mode == "paper"
    words = (
        f"p < {analysis.alpha:g}, not adjusted"
        if paper
        else (f"Benjamini–Hochberg p < {analysis.alpha:g}")
    )
    if analysis.min_abs_fold_change > 1:
        words += f", and |signed fold change| ≥ {analysis.min_abs_fold_change:g}"
    return words
