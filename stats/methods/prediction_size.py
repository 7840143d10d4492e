"""How many persons a prediction model of so many candidate predictors needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Wanted shrinkage, optimism in Nagelkerke's R², half width of the interval of the overall risk,
#: and the share of the greatest R² that a model is taken to explain where nothing is known.
SHRINKAGE, OPTIMISM, MARGIN, EXPLAINED = 0.9, 0.05, 0.05, 0.15


@dataclass(frozen=True)
class NeededSize:
    """Persons that each criterion needs, and all of them."""

    small_shrinkage: int
    small_optimism: int
    precise_risk: int

    @property
    def n_persons(self) -> int:
        """Persons that meet all three criteria."""
        return max(self.small_shrinkage, self.small_optimism, self.precise_risk)


def needed_size(n_candidates: int, event_share: float) -> NeededSize:
    """Return the sample size that keeps a logistic model from overfitting.

    Parameters
    ----------
    n_candidates : candidate predictors, also those that selection will leave out
    event_share : share of persons with the event, above 0 and below 1

    Raises
    ------
    ValueError
        No candidate, or a share of 0 or 1.

    Notes
    -----
    With R²(max) = 1 − (φ^φ (1 − φ)^(1 − φ))² and a model that explains 15 % of it, as the
    authors advise where no earlier model exists: (1) shrinkage of 0.9 or more, n = P ÷ ((S − 1)
    ln(1 − R² ÷ S)); (2) the same with the S that loses at most 0.05 of Nagelkerke's R²; (3) the
    overall risk within ± 0.05. The rules are those of unpenalised models; a penalty lowers the
    harm of too few persons and does not take it away (van Smeden et al. 2019, Statistical Methods
    in Medical Research 28:2455–2474, doi:10.1177/0962280218784726).

    References
    ----------
    Riley et al. (2019), Statistics in Medicine 38:1276–1296, doi:10.1002/sim.7992; Riley et al.
    (2020), BMJ 368:m441, doi:10.1136/bmj.m441.
    Checked against the formulas written out in R, and their example of 623 persons.
    """
    if n_candidates < 1 or not 0 < event_share < 1:
        raise ValueError(f"{n_candidates} candidates and a share of events of {event_share}")
    greatest = greatest_r_squared(event_share)
    explained = EXPLAINED * greatest
    for_optimism = explained / (explained + OPTIMISM * greatest)
    z = 1.959963984540054
    return NeededSize(
        size_for_shrinkage(n_candidates, explained, SHRINKAGE),
        size_for_shrinkage(n_candidates, explained, for_optimism),
        math.ceil((z / MARGIN) ** 2 * event_share * (1 - event_share)),
    )


def greatest_r_squared(event_share: float) -> float:
    """Return the greatest Cox–Snell R² of a model where so many have the event."""
    log_likelihood = event_share * math.log(event_share)
    log_likelihood += (1 - event_share) * math.log1p(-event_share)
    return -math.expm1(2 * log_likelihood)


def size_for_shrinkage(n_candidates: int, r_squared: float, shrinkage: float) -> int:
    """Return the persons for which coefficients shrink by no more than that factor."""
    return math.ceil(n_candidates / ((shrinkage - 1) * math.log1p(-r_squared / shrinkage)))
