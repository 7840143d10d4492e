"""The smallest effect that an analysis of a given size finds with 80 % power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.detectable import POWER
from stats.methods.arrays import Floats
from stats.methods.power import detectable_noncentrality
from stats.methods.tails import normal_quantile, t_quantile
from stats.plan import Analysis

Alphas = tuple[float, ...]


@dataclass(frozen=True)
class Spread:
    """How much a typical target varies; log2 units, None where nothing is known.

    Parameters
    ----------
    between_log2 : standard deviation between persons of a group
    change_log2 : standard deviation of the change within a person
    """

    between_log2: float | None = None
    change_log2: float | None = None


@dataclass(frozen=True)
class Detectable:
    """The smallest true effect that is found with 80 % power.

    Parameters
    ----------
    alpha : two-sided threshold of p
    effect : in the unit's measure
    unit : d (between persons), dz (within), r, or margin (of an equivalence, in SD between)
    log2 : the same in log2 units; None without a spread, or where none applies
    """

    alpha: float
    effect: float
    unit: str
    log2: float | None

    @property
    def fold(self) -> float | None:
        """The same as a ratio of levels."""
        return None if self.log2 is None else float(2**self.log2)


#: What is found, or why nothing can be told.
Found = tuple[tuple[Detectable, ...], str]


def smallest_effects(
    analysis: Analysis, design: Floats, alphas: Alphas, unit: str, sd: float | None
) -> Found:
    """Return the smallest first coefficient of a linear model that is found.

    Parameters
    ----------
    design : (n, k), without gaps
    unit, sd : what one residual standard deviation is called, and its size in log2 units
    """
    n, k = design.shape
    if n <= k:
        return (), "too few samples"
    if np.linalg.matrix_rank(design) < k:
        return (), "the covariates cannot be told apart from the groups"
    error = float(np.sqrt(np.linalg.inv(design.T @ design)[0, 0]))
    least = float(np.log2(analysis.min_abs_fold_change))
    if analysis.primary_method != "treat":
        least = 0.0
    elif sd is None:
        return (), "treat is told once the spread of levels is known"
    found = []
    for alpha in alphas:
        # Beyond a least effect only one tail counts.
        level = min(2 * alpha, 0.5) if least else alpha
        effect = error * float(detectable_noncentrality(n - k, alpha=level, power=POWER))
        effect += least / sd if sd else 0.0
        found.append(Detectable(alpha, effect, unit, _times(effect, sd)))
    return tuple(found), ""


def smallest_correlations(n: int, n_held: int, alphas: Alphas) -> Found:
    """Return the smallest (partial) correlations of n patients that are found.

    Parameters
    ----------
    n_held : numbers held constant
    """
    if n - 3 - n_held < 1:
        return (), "too few patients with sample and score"
    error = 1 / np.sqrt(n - 3 - n_held)
    reached = normal_quantile(2 * POWER - 1)
    effects = [float(np.tanh(error * (normal_quantile(1 - a) + reached))) for a in alphas]
    return tuple(
        Detectable(a, effect, "r", None) for a, effect in zip(alphas, effects, strict=True)
    ), ""


def smallest_margins(sizes: list[int], alphas: Alphas, sd: float | None) -> Found:
    """Return the smallest margins within which two equal arms are shown to be equivalent."""
    if min(sizes) < 2:
        return (), "too few samples"
    df = np.array([sum(sizes) - 2.0])
    error = float(np.sqrt(sum(1 / n for n in sizes)))
    found = []
    for alpha in alphas:
        margin = error * float((t_quantile(1 - 2 * alpha, df) + t_quantile(POWER, df))[0])
        found.append(Detectable(alpha, margin, "margin", _times(margin, sd)))
    return tuple(found), ""


def _times(effect: float, sd: float | None) -> float | None:
    return None if sd is None else effect * sd
