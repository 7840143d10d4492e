"""Odds ratio of two independent groups with Jeffreys' penalty: finite also beside a zero cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stats.methods.arrays import check_confidence
from stats.methods.firth_logistic import NOT_FOUND
from stats.methods.odds_ratio import Fourfold, OddsRatio, refused
from stats.methods.penalised_likelihood import Trials
from stats.methods.profile_likelihood import Profile, profile

ZERO_CELL = (
    "Jeffreys' penalty, as strong as half a person in every cell, zero or not; nothing further is "
    "added"
)
ZERO_NOTE = "a zero cell: the penalty alone bounds the odds ratio"


def firth_odds_ratio(table: Fourfold, *, confidence: float) -> OddsRatio:
    """Return the odds ratio of a 2 × 2 table by Firth's logistic regression.

    Parameters
    ----------
    table : independent persons of two arms, with the event and without
    confidence : coverage of the interval, about, as 0.95

    Returns
    -------
    OddsRatio
        `estimate`: maximum of the penalised likelihood, which for this saturated model is the odds
        ratio of the counts + ½; interval by its profile, `p_value` by its ratio, never Wald, so
        the interval excludes 1 if and only if p < 1 − confidence.

    References
    ----------
    Firth (1993), Biometrika 80:27–38, doi:10.1093/biomet/80.1.27; Heinze & Schemper (2002),
    Statistics in Medicine 21:2409–2419, doi:10.1002/sim.1047.
    Checked against the formulas written out in R at 1e-6.
    """
    return firth_odds_ratios([table], confidence=confidence)[0]


def firth_odds_ratios(tables: Sequence[Fourfold], *, confidence: float) -> list[OddsRatio]:
    """Return the odds ratio of each table, all searched for at once, as `firth_odds_ratio`."""
    check_confidence(confidence)
    fitted = [t for t in tables if not t.refusal]
    counts = np.array([t.cells for t in fitted], dtype=np.float64).reshape(-1, 4)
    arms = np.broadcast_to([[1.0, 0.5], [1.0, -0.5]], (len(fitted), 2, 2))
    trials = Trials(arms, counts[:, ::2], counts[:, ::2] + counts[:, 1::2])
    found = profile(trials, 1, confidence=confidence)
    results = iter([_result(t, found, i) for i, t in enumerate(fitted)])
    return [refused(t.refusal) if t.refusal else next(results) for t in tables]


def _result(table: Fourfold, found: Profile, i: int) -> OddsRatio:
    if not found.has_converged[i]:
        return refused(NOT_FOUND)
    estimate, low, high = np.exp([found.estimate[i], found.low[i], found.high[i]]).tolist()
    note = ZERO_NOTE if 0 in table.cells else ""
    return OddsRatio(estimate, low, high, float(found.p_value[i]), reason=note)
