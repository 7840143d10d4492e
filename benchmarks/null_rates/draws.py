"""Levels of many studies at once: (n_samples, n_studies × 80), a study's targets side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

N_TARGETS = 80
HEIGHT_LOG2 = 9.0
#: Standard deviation of log2 levels between people of a middling target, as in the demo.
SD_LOG2 = 0.45
#: Correlation of two visits of a person; the demo's targets lie between 0.55 and 0.85.
VISIT_CORRELATION = 0.7
#: Degrees of freedom of the scaled inverse chi-squared distribution that variances come from.
PRIOR_DF = 6.0


def generator(seed: int, *names: object) -> np.random.Generator:
    """Return random numbers that depend on seed and names alone."""
    digest = hashlib.sha256("\x1f".join(str(n) for n in (seed, *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def variances(rng: np.random.Generator, n_studies: int) -> Floats:
    """Return (n_studies × 80,) variances, those that a moderated t takes for granted."""
    n = n_studies * N_TARGETS
    return SD_LOG2**2 * PRIOR_DF / rng.chisquare(PRIOR_DF, n)


def noise(rng: np.random.Generator, n: int, n_studies: int, *, shared: float = 0.0) -> Floats:
    """Return standard normal deviations, of which `shared` is a person's own in all targets."""
    own = rng.standard_normal((n, n_studies * N_TARGETS))
    if shared == 0:
        return own
    person = np.repeat(rng.standard_normal((n, n_studies)), N_TARGETS, axis=1)
    return np.sqrt(shared) * person + np.sqrt(1 - shared) * own


def groups(
    rng: np.random.Generator,
    n_studies: int,
    sizes: Sequence[int],
    *,
    spread: Sequence[float] = (),
    shared: float = 0.0,
    missing: float = 0.0,
) -> list[Floats]:
    """Return independent groups whose true means agree.

    Parameters
    ----------
    sizes : persons of each group
    spread : standard deviation of each group over the target's own; all 1 where empty
    shared : share of the variance that a person has in all targets alike
    missing : share of values that are missing
    """
    sd = np.sqrt(variances(rng, n_studies))
    factors = spread or [1.0] * len(sizes)
    drawn = [
        HEIGHT_LOG2 + factor * sd * noise(rng, n, n_studies, shared=shared)
        for n, factor in zip(sizes, factors, strict=True)
    ]
    return [with_gaps(rng, levels, missing) for levels in drawn]


def pairs(
    rng: np.random.Generator,
    n_studies: int,
    n: int,
    *,
    correlation: float | Floats = VISIT_CORRELATION,
    shared: float = 0.0,
    missing: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return levels before and after of the same persons; true means agree.

    Parameters
    ----------
    correlation : of a person's two levels; one number, or one per target of a study
    shared, missing : as for `groups`; what targets share is the person's, not the visit's
    """
    sd = np.sqrt(variances(rng, n_studies))
    r = np.broadcast_to(correlation, (n_studies, N_TARGETS)).reshape(-1)
    person = np.sqrt(r) * noise(rng, n, n_studies, shared=shared)
    before, after = (
        HEIGHT_LOG2 + sd * (person + np.sqrt(1 - r) * noise(rng, n, n_studies, shared=shared))
        for _ in range(2)
    )
    return with_gaps(rng, before, missing), with_gaps(rng, after, missing)


def with_gaps(rng: np.random.Generator, levels: Floats, share: float) -> Floats:
    """Return the levels with that share of them missing."""
    return np.where(rng.random(levels.shape) < share, np.nan, levels) if share else levels


def studies(matrix: Floats) -> list[Floats]:
    """Return the matrix of each study."""
    return np.split(matrix, matrix.shape[1] // N_TARGETS, axis=1)
