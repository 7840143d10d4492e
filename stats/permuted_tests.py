"""t tests of every target under many relabelings at once.

What the permutations change (means and sums of squares) comes from one matrix product; the rest is
each method's own arithmetic. Every array is (n_permutations, n_targets).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.variance_prior import drawn_towards, variance_prior


@dataclass(frozen=True)
class Permuted:
    """A difference under relabeling.

    Parameters
    ----------
    change : difference of mean log2 levels
    variance : residual variance
    unit : variance of the difference over the residual variance
    df : of the residual variance
    """

    change: Floats
    variance: Floats
    unit: Floats
    df: Floats

    @property
    def standard_error(self) -> Floats:
        """Of the difference."""
        return np.sqrt(self.variance * self.unit)


Relabeled = Callable[[Floats], Permuted]


def paired(differences: Floats) -> Relabeled:
    """Return the test of differences (n_pairs, n_targets) under signs (n_permutations, n_pairs)."""
    present = ~np.isnan(differences)
    filled = np.where(present, differences, 0.0)
    n = present.sum(axis=0).astype(np.float64)
    squares = (filled**2).sum(axis=0)

    def relabeled(signs: Floats) -> Permuted:
        mean = signs @ filled / n
        variance = np.maximum(squares - n * mean**2, 0.0) / (n - 1)
        variance = np.where(n > 1, variance, np.nan)
        return Permuted(mean, variance, 1 / n, np.broadcast_to(n - 1, mean.shape))

    return relabeled


def pooled(levels: Floats) -> Relabeled:
    """Return Student's test of levels (n_samples, n_targets) under labels, 1 in the numerator."""
    split = _split(levels)

    def relabeled(labels: Floats) -> Permuted:
        change, n_a, n_b, ss_a, ss_b = split(labels)
        df = n_a + n_b - 2
        variance = np.where((n_a > 0) & (n_b > 0) & (df > 0), (ss_a + ss_b) / df, np.nan)
        return Permuted(change, variance, 1 / n_a + 1 / n_b, df)

    return relabeled


def welch(levels: Floats) -> Relabeled:
    """Return Welch's test; its variance is that of the difference itself."""
    split = _split(levels)

    def relabeled(labels: Floats) -> Permuted:
        change, n_a, n_b, ss_a, ss_b = split(labels)
        v_a, v_b = ss_a / (n_a - 1) / n_a, ss_b / (n_b - 1) / n_b
        variance = np.where((n_a > 1) & (n_b > 1), v_a + v_b, np.nan)
        df = variance**2 / (v_a**2 / (n_a - 1) + v_b**2 / (n_b - 1))
        return Permuted(change, variance, np.ones_like(df), df)

    return relabeled


def moderated(plain: Relabeled) -> Relabeled:
    """Return a test whose variances are drawn towards the prior of each permutation."""

    def relabeled(labels: Floats) -> Permuted:
        p = plain(labels)
        known = np.where(np.isnan(p.variance), 0.0, p.df)
        priors = [
            variance_prior(v, d, mean_level=None) for v, d in zip(p.variance, known, strict=True)
        ]
        prior_df = np.array([prior.df for prior in priors])
        prior_variance = np.array([prior.variance for prior in priors])
        variance = drawn_towards(p.variance, known, prior_variance, prior_df)
        total = np.minimum(known + prior_df, known.sum(axis=1, keepdims=True))
        return Permuted(p.change, variance, p.unit, total)

    return relabeled


def _split(levels: Floats) -> Callable[[Floats], tuple[Floats, ...]]:
    present = ~np.isnan(levels)
    mask = present.astype(np.float64)
    n_all = mask.sum(axis=0)
    centre = np.where(present, levels, 0.0).sum(axis=0) / np.maximum(n_all, 1)
    filled = np.where(present, levels - centre, 0.0)
    squared = filled**2
    sums, squares = filled.sum(axis=0), squared.sum(axis=0)

    def split(labels: Floats) -> tuple[Floats, ...]:
        n_a, sum_a, square_a = labels @ mask, labels @ filled, labels @ squared
        n_b = n_all - n_a
        mean_a, mean_b = sum_a / n_a, (sums - sum_a) / n_b
        ss_a = np.maximum(square_a - n_a * mean_a**2, 0.0)
        ss_b = np.maximum(squares - square_a - n_b * mean_b**2, 0.0)
        return mean_a - mean_b, n_a, n_b, ss_a, ss_b

    return split
