"""Brown and Forsythe's test of equal variances, on absolute deviations from the group medians."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from stats.methods.result import MethodResult
from stats.methods.spread import medians, spread_f


def brown_forsythe(groups: Sequence[ArrayLike]) -> MethodResult:
    """Test whether the variances of two or more groups agree, by deviations from the median.

    Parameters
    ----------
    groups : matrices (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person.

    Returns
    -------
    MethodResult
        `statistic`: F of a one-way analysis of variance of |level − group median|; `df` = groups
        − 1, `df_denominator` = values − groups. No estimate, interval or effect size. Each
        group needs two values.

    Raises
    ------
    ValueError
        Fewer than two groups, groups that do not fit each other, or an infinite value.

    Notes
    -----
    Holds its level better than `levene` where levels are skewed. Stored as a diagnostic, never
    used to choose the test. Assumes independent samples.

    References
    ----------
    Brown & Forsythe (1974), JASA 69:364–367, doi:10.1080/01621459.1974.10482955.
    Checked against R `car::leveneTest(center = median)` at 1e-10 relative.
    """
    return spread_f(groups, medians)
