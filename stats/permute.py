"""How many hits would chance alone give? Labels are permuted within the design.

Independent groups: the labels are shuffled over all samples. Pairs: the two labels of a patient
are swapped, which flips the sign of the difference. Groups that share patients but are tested as
independent (paper mode): labels are swapped within patients and shuffled over the rest.
The mean count over permutations is the estimate of Tusher, Tibshirani & Chu (2001), PNAS
98:5116–5121, doi:10.1073/pnas.091062498, for the whole rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
from scipy import special
from scipy import stats as sps

from stats.hits import is_hit
from stats.methods.arrays import Flags, Floats, Ints
from stats.plan import Analysis

#: Cells of one block of permutations × targets: bounds the memory.
_BLOCK_CELLS = 4_000_000

Statistic = Callable[[Floats], tuple[Floats, Floats, Floats]]


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return random numbers that depend on seed and names alone, not on the order of calls."""
    digest = hashlib.sha256("\x1f".join([str(seed), *names]).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def expected_hits_pairs(
    analysis: Analysis,
    numerator: Floats,
    denominator: Floats,
    *,
    n_permutations: int,
    rng: np.random.Generator,
) -> float:
    """Return the mean number of hits when the signs of within-pair differences are random.

    Parameters
    ----------
    numerator, denominator : (n_pairs, n_targets), log2 levels, row i of one patient
    """
    differences = numerator - denominator
    signs = np.where(rng.random((n_permutations, len(differences))) < 0.5, 1.0, -1.0)
    return _mean_hits(analysis, signs, _paired_statistic(differences), differences.shape[1])


def expected_hits_groups(
    analysis: Analysis,
    levels: Floats,
    labels: Flags,
    patients: list[str],
    *,
    n_permutations: int,
    rng: np.random.Generator,
) -> float:
    """Return the mean number of hits when group labels are random within the design.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels of both arms
    labels : (n_samples,), True in the numerator group
    patients : (n_samples,), whose sample it is
    """
    shuffled = shuffle_labels(labels, patients, n_permutations, rng)
    welch = analysis.primary_method == "welch_t"
    statistic = _group_statistic(levels, welch=welch)
    return _mean_hits(analysis, shuffled.astype(np.float64), statistic, levels.shape[1])


def shuffle_labels(
    labels: Flags, patients: list[str], n_permutations: int, rng: np.random.Generator
) -> Flags:
    """Return (n_permutations, n_samples) labels: swapped within patients who have one of each."""
    out = np.empty((n_permutations, len(labels)), dtype=np.bool_)
    place: dict[str, int] = {}
    alone = np.ones(len(labels), dtype=np.bool_)
    for i, patient in enumerate(patients):
        j = place.setdefault(patient, i)
        if labels[i] != labels[j] and alone[j]:
            alone[[i, j]] = False
            out[:, i] = rng.random(n_permutations) < 0.5
            out[:, j] = ~out[:, i]
    rest = np.flatnonzero(alone)
    out[:, rest] = rng.permuted(np.tile(labels[rest], (n_permutations, 1)), axis=1)
    return out


def _mean_hits(analysis: Analysis, weights: Floats, statistic: Statistic, n_targets: int) -> float:
    total = 0
    for block in _blocks(weights, n_targets):
        with np.errstate(divide="ignore", invalid="ignore"):
            log2fc, t, df = statistic(block)
            p = _p_if_small(t, df, analysis.alpha)
        total += int(is_hit(analysis, p, log2fc).sum())
    return total / len(weights)


def _blocks(weights: Floats, n_targets: int) -> Iterator[Floats]:
    step = max(1, _BLOCK_CELLS // max(n_targets, 1))
    for start in range(0, len(weights), step):
        yield weights[start : start + step]


def _p_if_small(t: Floats, df: Floats, alpha: float) -> Floats:
    """Return two-sided p-values where they can fall below alpha, else 1; NaN stays NaN.

    No t distribution has lighter tails than the normal, and a p above alpha cannot make the
    adjusted p of another target smaller than alpha: the hits are the same.
    """
    p = np.where(np.isnan(t), np.nan, 1.0)
    near = np.abs(t) >= sps.norm.isf(alpha / 2)
    p[near] = 2 * special.stdtr(np.broadcast_to(df, t.shape)[near], -np.abs(t[near]))
    return p


def _paired_statistic(differences: Floats) -> Statistic:
    present = ~np.isnan(differences)
    filled = np.where(present, differences, 0.0)
    n = present.sum(axis=0).astype(np.float64)
    squares = (filled**2).sum(axis=0)

    def statistic(signs: Floats) -> tuple[Floats, Floats, Floats]:
        mean = signs @ filled / n
        variance = np.maximum(squares - n * mean**2, 0.0) / (n - 1)
        t = np.where(n > 1, mean / np.sqrt(variance / n), np.nan)
        return mean, t, n - 1

    return statistic


def _group_statistic(levels: Floats, *, welch: bool) -> Statistic:
    present = ~np.isnan(levels)
    mask = present.astype(np.float64)
    n_all: Ints = mask.sum(axis=0)
    centre = np.where(present, levels, 0.0).sum(axis=0) / np.maximum(n_all, 1)
    filled = np.where(present, levels - centre, 0.0)
    sums, squares = filled.sum(axis=0), (filled**2).sum(axis=0)

    def statistic(labels: Floats) -> tuple[Floats, Floats, Floats]:
        n_a, sum_a, square_a = labels @ mask, labels @ filled, labels @ filled**2
        n_b = n_all - n_a
        mean_a, mean_b = sum_a / n_a, (sums - sum_a) / n_b
        ss_a = np.maximum(square_a - n_a * mean_a**2, 0.0)
        ss_b = np.maximum(squares - square_a - n_b * mean_b**2, 0.0)
        if welch:
            v_a, v_b = ss_a / (n_a - 1) / n_a, ss_b / (n_b - 1) / n_b
            variance = v_a + v_b
            df = variance**2 / (v_a**2 / (n_a - 1) + v_b**2 / (n_b - 1))
            enough = (n_a > 1) & (n_b > 1)
        else:
            df = n_a + n_b - 2
            variance = (ss_a + ss_b) / df * (1 / n_a + 1 / n_b)
            enough = (n_a > 0) & (n_b > 0) & (df > 0)
        t = np.where(enough, (mean_a - mean_b) / np.sqrt(variance), np.nan)
        return mean_a - mean_b, t, df

    return statistic
