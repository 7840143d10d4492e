"""Kruskal and Wallis's test of several groups by ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices
from stats.methods.omnibus import check_groups, few_values, omnibus_result
from stats.methods.ranks import average_ranks
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import upper_chi2


def kruskal(groups: Sequence[ArrayLike]) -> MethodResult:
    """Test whether values of some group tend to be higher or lower than those of others.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.

    Returns
    -------
    MethodResult
        `statistic`: H, corrected for ties, chi-squared with `df` = groups − 1; `effect_size`:
        epsilon squared, H / (values − 1). No estimate and no interval. Each group needs one
        value.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Chi-squared is an approximation: below five values in a group p is rough. Assumes independent
    samples.

    References
    ----------
    Kruskal & Wallis (1952), JASA 47:583–621, doi:10.1080/01621459.1952.10483441.
    Checked against R `kruskal.test` at 1e-10 relative.
    """
    matrices = as_matrices(groups, "group")
    check_groups(matrices)
    counts = np.array([(~np.isnan(m)).sum(axis=0) for m in matrices], dtype=np.int64)
    n = counts.sum(axis=0)
    ranks, ties = average_ranks(np.concatenate(matrices))
    ends = np.cumsum([len(m) for m in matrices])[:-1]
    # Around their mean, so that equal groups give 0 and not the rounding of a difference.
    sums = np.array([np.nansum(r - (n + 1) / 2, axis=0) for r in np.split(ranks, ends)])
    all_tied = ties == n**3 - n
    reasons = first_reason(
        len(n),
        [
            (counts.min(axis=0) < 1, few_values(list(counts), least=1)),
            (all_tied, "zero variance: all values of all groups agree"),
        ],
    )
    good = sound(reasons)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = 12 / (n * (n + 1)) * (sums**2 / counts).sum(axis=0)
        statistic = np.where(good, raw / (1 - ties / (n**3 - n)), np.nan)
    df = np.where(good, len(matrices) - 1.0, np.nan)
    return omnibus_result(
        statistic,
        df,
        missing(len(n)),
        upper_chi2(statistic, df),
        effect_size=statistic / np.maximum(n - 1, 1),
        effect_size_kind="epsilon_squared",
        n=n,
        n_missing=sum(len(m) for m in matrices) - n,
        reasons=reasons,
    )
