"""Odds ratio of pairs, exact: patients who gained the event over those who lost it (McNemar)."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy import special
from scipy import stats as sps

from stats.methods.arrays import check_confidence
from stats.methods.odds_ratio import OddsRatio, one_sided_note, refused

ZERO_CELL = (
    "estimate 0 or infinite with a bound on one side only where nobody gained or nobody lost the "
    "event; nothing is added to a cell"
)


def mcnemar_odds_ratio(n_gained: int, n_lost: int, *, confidence: float) -> OddsRatio:
    """Return the conditional odds ratio of pairs with its exact interval.

    Parameters
    ----------
    n_gained : patients with the event at the visit and not at baseline
    n_lost : patients with the event at baseline and not at the visit
        Patients who have it at both visits or at neither say nothing of the ratio.
    confidence : coverage of the interval, at least, as 0.95

    Returns
    -------
    OddsRatio
        `estimate`: gained ÷ lost, 0 or infinite where one is 0; interval p ÷ (1 − p) of Clopper's
        and Pearson's bounds of the share p that gained among all who changed; `p_value`: exact
        binomial, twice the smaller tail, so the interval excludes 1 if and only if
        p < 1 − confidence.

    Raises
    ------
    ValueError
        A count is negative.

    References
    ----------
    McNemar (1947), Psychometrika 12:153–157, doi:10.1007/BF02295996; Clopper & Pearson (1934),
    Biometrika 26:404–413, doi:10.1093/biomet/26.4.404.
    Checked against R `binom.test` at 1e-10.
    """
    check_confidence(confidence)
    if min(n_gained, n_lost) < 0:
        raise ValueError(f"a count is negative: {n_gained} gained, {n_lost} lost")
    if n_gained + n_lost == 0:
        return refused("nobody gained or lost the event: pairs that agree say nothing of the odds")
    tail = (1 - confidence) / 2
    smaller = sps.binom.cdf(min(n_gained, n_lost), n_gained + n_lost, 0.5)
    result = OddsRatio(
        estimate=n_gained / n_lost if n_lost else math.inf,
        ci_low=_lower(n_gained, n_lost, tail),
        ci_high=1 / _lower(n_lost, n_gained, tail) if n_lost else math.inf,
        p_value=min(1.0, 2 * float(smaller)),
    )
    return replace(result, reason=one_sided_note(result, confidence=confidence))


def _lower(n_first: int, n_second: int, tail: float) -> float:
    """Return the odds p ÷ (1 − p) of Clopper's and Pearson's lower bound; both are precise."""
    if n_first == 0:
        return 0.0
    share = special.betaincinv(n_first, n_second + 1, tail)
    other = special.betainccinv(n_second + 1, n_first, tail)
    return float(share / other)
