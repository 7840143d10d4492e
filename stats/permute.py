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
from dataclasses import replace

import numpy as np
from scipy import special
from scipy import stats as sps

from stats.hits import is_hit
from stats.methods.arrays import Flags, Floats
from stats.permuted_ranks import rank_sum, signed_rank
from stats.permuted_tests import Permuted, Relabeled, moderated, paired, pooled, welch
from stats.plan import Analysis
from stats.recipes.arms import Arms, mean_change, primary_method

#: Cells of one block of permutations × targets: bounds the memory.
_BLOCK_CELLS = 4_000_000

#: From labels (n_permutations, n_samples) to changes and p-values (n_permutations, n_targets).
_Test = Callable[[Floats], tuple[Floats, Floats]]


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return random numbers that depend on seed and names alone, not on the order of calls."""
    digest = hashlib.sha256("\x1f".join([str(seed), *names]).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def expected_hits(
    analysis: Analysis,
    arms: Arms,
    patients: list[str],
    *,
    n_permutations: int,
    rng: np.random.Generator,
) -> float:
    """Return the mean number of hits when labels are random within the design.

    Parameters
    ----------
    arms : levels of both arms; of pairs the signs of the differences are random
    patients : whose samples the rows of the numerator and then of the denominator are; of pairs
        it is not looked at
    """
    if arms.paired:
        shape = (n_permutations, len(arms.numerator))
        weights = np.where(rng.random(shape) < 0.5, 1.0, -1.0)
    else:
        labels = np.arange(len(patients)) < len(arms.numerator)
        weights = shuffle_labels(labels, patients, n_permutations, rng).astype(np.float64)
    test = _fast_test(analysis, arms) or _plain_test(analysis, arms)
    total = 0
    for block in _blocks(weights, arms.numerator.shape[1]):
        with np.errstate(divide="ignore", invalid="ignore"):
            change, p = test(block)
        total += int(is_hit(analysis, p, change).sum())
    return total / n_permutations


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


def _fast_test(analysis: Analysis, arms: Arms) -> _Test | None:
    """Return all permutations of a test at once; None for a method without such a form."""
    if analysis.primary_method in ("mann_whitney", "wilcoxon_signed_rank"):
        return _rank_test(arms)
    relabeled = _relabeled(analysis.primary_method, arms)
    if relabeled is None:
        return None

    def test(weights: Floats) -> tuple[Floats, Floats]:
        found = relabeled(weights)
        least = arms.least_log2 if analysis.primary_method == "treat" else 0.0
        return found.change, _p_if_small(found, least, analysis.alpha)

    return test


def _rank_test(arms: Arms) -> _Test:
    if arms.paired:
        differences = arms.numerator - arms.denominator
        p_values, relabeled = signed_rank(differences), paired(differences)
    else:
        levels = np.concatenate([arms.numerator, arms.denominator])
        p_values, relabeled = rank_sum(levels), pooled(levels)
    return lambda weights: (relabeled(weights).change, p_values(weights))


def _relabeled(method: str, arms: Arms) -> Relabeled | None:
    if arms.covariates is not None:
        return None
    levels = np.concatenate([arms.numerator, arms.denominator])
    if arms.paired:
        plain = paired(arms.numerator - arms.denominator)
    else:
        plain = welch(levels) if method == "welch_t" else pooled(levels)
    if method in ("student_t", "welch_t", "paired_t"):
        return plain
    if method in ("moderated_t", "treat"):
        return moderated(plain)
    return None


def _plain_test(analysis: Analysis, arms: Arms) -> _Test:
    """Return the method itself, called once for each permutation."""
    method = primary_method(analysis)
    above, below = arms.numerator, arms.denominator
    levels = np.concatenate([above, below])

    def once(weights: Floats) -> tuple[Floats, Floats]:
        if arms.paired:
            kept = weights[:, None] > 0
            mixed = replace(
                arms,
                numerator=np.where(kept, above, below),
                denominator=np.where(kept, below, above),
                covariates=arms.swapped_covariates(kept),
            )
        else:
            top = weights > 0
            mixed = replace(
                arms,
                numerator=levels[top],
                denominator=levels[~top],
                covariates=arms.relabeled_covariates(top),
            )
        return mean_change(mixed), method(mixed).p_value

    def test(weights: Floats) -> tuple[Floats, Floats]:
        found = [once(w) for w in weights]
        return np.array([change for change, _ in found]), np.array([p for _, p in found])

    return test


def _blocks(weights: Floats, n_targets: int) -> Iterator[Floats]:
    step = max(1, _BLOCK_CELLS // max(n_targets, 1))
    for start in range(0, len(weights), step):
        yield weights[start : start + step]


def _p_if_small(found: Permuted, least_log2: float, alpha: float) -> Floats:
    """Return two-sided p-values where they can fall below alpha, else 1; NaN stays NaN.

    No t distribution has lighter tails than the normal, and a p above alpha cannot make the
    adjusted p of another target smaller than alpha: the hits are the same.
    """
    error = found.standard_error
    inner = (np.abs(found.change) - least_log2) / error
    outer = (np.abs(found.change) + least_log2) / error
    p = np.where(np.isnan(inner), np.nan, 1.0)
    tail = sps.norm.isf(alpha / 2) if least_log2 == 0 else sps.norm.isf(alpha)
    near = inner >= tail
    df = np.broadcast_to(found.df, p.shape)[near]
    p[near] = _upper_tail(inner[near], df) + _upper_tail(outer[near], df)
    return p


def _upper_tail(t: Floats, df: Floats) -> Floats:
    infinite = np.isinf(df)
    finite = np.where(infinite, 1.0, df)
    tail = np.where(infinite, special.ndtr(-t), special.stdtr(finite, -t))
    return np.asarray(tail, dtype=np.float64)
