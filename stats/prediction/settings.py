"""How a prediction model is searched and judged; every number is stored beside its result."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Settings:
    """The procedure's numbers.

    Parameters
    ----------
    n_folds : of the outer and of the inner loop
    n_repeats : times that all persons are dealt into outer folds anew
    n_bootstraps : bootstrap samples behind the optimism
    n_permutations : permuted outcomes behind p, each with `n_permutation_repeats` repeats
    n_selected : numbers of targets among which the inner loop chooses, ascending
    penalties : ridge penalties among which it chooses, the strongest first; per person (see
        `ridge_logistic`): a lone coefficient shrinks by about 9/10, 1/2 and 1/10
    seed : each analysis derives its random numbers from it and its names
    """

    n_folds: int = 5
    n_repeats: int = 20
    n_bootstraps: int = 200
    n_permutations: int = 199
    n_permutation_repeats: int = 2
    n_selected: tuple[int, ...] = (1, 3, 10)
    penalties: tuple[float, ...] = (2.5, 0.25, 0.025)
    seed: int = 20170101

    @property
    def grid(self) -> tuple[tuple[int, float], ...]:
        """Pairs of number of targets and penalty, the simplest first: ties go to it."""
        return tuple(product(self.n_selected, self.penalties))


DEFAULTS = Settings()
