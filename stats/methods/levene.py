"""Levene's test of equal variances, on absolute deviations from the group means."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from stats.methods.result import MethodResult
from stats.methods.spread import means, spread_f


def levene(groups: Sequence[ArrayLike]) -> MethodResult:
    """Test whether the variances of two or more groups agree, by deviations from the mean.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.

    Returns
    -------
    MethodResult
        `statistic`: F of a one-way analysis of variance of |level − group mean|; `df` = groups
        − 1, `df_denominator` = values − groups. No estimate, interval or effect size. Each
        group needs two values.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Mean-centred, as Levene's original; `brown_forsythe` has the median-centred form. Stored
    as a diagnostic, never used to choose the test. Assumes independent samples.

    References
    ----------
    Levene (1960), in Olkin (ed.), Contributions to Probability and Statistics, 278–292; review:
    Gastwirth, Gel & Miao (2009), Statistical Science 24:343–360, doi:10.1214/09-STS301.
    Checked against R `car::leveneTest(center = mean)` at 1e-12 relative.
    """
    return spread_f(groups, means)
