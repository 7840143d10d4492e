"""What the Mann–Whitney and the signed rank test share: from a count to p, estimate and bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints
from stats.methods.hodges_lehmann import estimate_and_bounds, normal_rank
from stats.methods.rank_counts import bound_rank, two_sided
from stats.methods.result import sound
from stats.methods.tails import continuous_p

#: Below this number of values (of both groups) or differences the exact distribution is used
#: where none are tied or zero.
EXACT_BELOW = 50


@dataclass(frozen=True)
class Counted:
    """A rank statistic of each target; every array is (n_targets,).

    Parameters
    ----------
    statistic : candidates above zero, and half of those at zero.
    greatest : candidates: differences between two groups, or averages of two differences.
    sigma : standard deviation of the statistic, ties accounted for.
    shifted_sigma : the same after a shift, which breaks some ties.
    constant : all candidates agree.
    reasons : why there is no test, else empty.
    """

    statistic: Floats
    greatest: Ints
    sigma: Floats
    shifted_sigma: Floats
    constant: Flags
    reasons: list[str]


@dataclass(frozen=True)
class Exact:
    """Results from exact distributions where `used`, else NaN and rank 0; arrays (n_targets,)."""

    used: Flags
    p_value: Floats
    rank: Ints
    coverage: Floats


@dataclass(frozen=True)
class RankTest:
    """The parts of a MethodResult that both tests have in common."""

    statistic: Floats
    estimate: Floats
    ci_low: Floats
    ci_high: Floats
    p_value: Floats
    effect_size: Floats
    reason: tuple[str, ...]
    details: dict[str, Floats]


def exact_results(
    counted: Counted,
    sizes: Ints,
    tail_of: Callable[..., Floats],
    *,
    confidence: float,
) -> Exact:
    """Return p and bounds from the exact distribution of each size that occurs.

    Parameters
    ----------
    sizes : (n_sizes, n_targets), 0 where the exact distribution does not hold
    tail_of : from the sizes of one target to P(≤ s) for s up to the middle
    """
    n_targets = sizes.shape[1]
    p_value, coverage = np.full(n_targets, np.nan), np.full(n_targets, np.nan)
    rank = np.zeros(n_targets, dtype=np.int64)
    used = np.asarray((sizes > 0).all(axis=0), dtype=np.bool_)
    for size in np.unique(sizes[:, used].T, axis=0):
        here = (sizes == size[:, None]).all(axis=0)
        tail = tail_of(*size.tolist())
        greatest = int(counted.greatest[here][0])
        p_value[here] = two_sided(tail, counted.statistic[here].astype(np.int64), greatest)
        rank[here], coverage[here] = bound_rank(tail, confidence)
    return Exact(used, p_value, rank, coverage)


def rank_test(
    counted: Counted,
    exact: Exact,
    candidates: Callable[[slice], Floats],
    n_each: int,
    *,
    confidence: float,
) -> RankTest:
    """Return p by the exact distribution, else by the normal one; estimate and bounds.

    Parameters
    ----------
    candidates, n_each : as for `estimate_and_bounds`
    """
    good = sound(counted.reasons)
    rank = normal_rank(counted.greatest, counted.shifted_sigma, confidence)
    rank = np.where(exact.used, exact.rank, rank)
    rank = np.where(good & ~counted.constant, rank, 0)
    estimate, low, high = estimate_and_bounds(candidates, n_each, counted.greatest, rank)
    statistic = np.where(good, counted.statistic, np.nan)
    normal_p = continuous_p(statistic - counted.greatest / 2, counted.sigma)
    return RankTest(
        statistic=statistic,
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        p_value=np.where(exact.used, exact.p_value, normal_p),
        effect_size=2 * statistic / np.maximum(counted.greatest, 1) - 1,
        reason=_reasons(counted, exact.coverage, low, confidence),
        details={
            "is_exact": np.where(good, exact.used.astype(np.float64), np.nan),
            "interval_coverage": np.where(np.isnan(low), np.nan, exact.coverage),
        },
    )


def _reasons(counted: Counted, coverage: Floats, low: Floats, confidence: float) -> tuple[str, ...]:
    """Return why there is no test, or for tested targets without bounds why there are none."""
    words = []
    for i, reason in enumerate(counted.reasons):
        if not reason and counted.constant[i]:
            reason = "no interval: all differences agree"
        elif not reason and np.isnan(low[i]):
            most = "" if np.isnan(coverage[i]) else f", the widest one covers {coverage[i]:.3g}"
            reason = f"too few values for an interval of coverage {confidence:g}{most}"
        words.append(reason)
    return tuple(words)
