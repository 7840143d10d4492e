"""What Tukey's and Games and Howell's tests share: pairs of groups by the studentised range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.moments import Moments
from stats.methods.result import MethodResult, missing, sound
from stats.methods.studentized_range import studentized_range_quantile, upper_studentized_range

#: Numerator and denominator group by their place among the groups.
Pair = tuple[int, int]


def pairs_of(n_groups: int) -> Iterator[Pair]:
    """Return all pairs, the later group as the numerator."""
    for denominator in range(n_groups):
        for numerator in range(denominator + 1, n_groups):
            yield numerator, denominator


def range_test(
    a: Moments,
    b: Moments,
    error: Floats,
    df: Floats,
    *,
    sd: Floats,
    n_groups: int,
    reasons: Sequence[str],
    confidence: float,
) -> MethodResult:
    """Return the test of one pair among all pairs of `n_groups` groups.

    Parameters
    ----------
    a, b : moments of the numerator and the denominator group around one centre
    error : (n_targets,), standard error of the difference over √2
    df : (n_targets,), of the error
    sd : (n_targets,), that the effect size is measured in
    """
    good = sound(reasons)
    error, df = np.where(good, error, np.nan), np.where(good, df, np.nan)
    estimate = a.mean - b.mean
    q = estimate / error
    half_width = studentized_range_quantile(confidence, n_groups, df) * error
    return MethodResult(
        estimate=estimate,
        ci_low=estimate - half_width,
        ci_high=estimate + half_width,
        statistic=q,
        df=df,
        df_denominator=missing(len(q)),
        p_value=upper_studentized_range(np.abs(q), n_groups, df),
        effect_size=estimate / np.where(good, sd, np.nan),
        effect_size_kind="cohen_d",
        n_numerator=a.n,
        n_denominator=b.n,
        n_pairs=None,
        n_dropped=a.n_missing + b.n_missing,
        reason=tuple(reasons),
    )
