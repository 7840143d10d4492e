"""Is there a cut-off of the scores that gives a stated odds ratio?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats as sps

from stats.claims.checks.table_reconstruction import tables_of
from stats.claims.claim import CONSISTENT, INCONSISTENT, NOT_TESTABLE, Claim, Finding
from stats.claims.rounding import TRUNCATED
from stats.claims.two_by_two import MOST_PERSONS, Table
from stats.methods.arrays import Floats

#: Two-sided binomial p below which a cut-off does not explain a count.
LEVEL = 0.01
_POINTS = 4001
#: More tables than this leave the counts open.
_MOST_TABLES = 200


@dataclass(frozen=True)
class _CutOff:
    """The cut-off that explains a table best.

    Parameters
    ----------
    score : the cut-off
    expected : events that normal scores have there, in both groups
    p : smaller of the two groups' binomial p
    side : below or above: on which side the event lies
    """

    table: Table
    score: float
    expected: tuple[float, float]
    p: float
    side: str


def one_cut_off(claim: Claim) -> Finding:
    """Judge an odds ratio by means and SDs: one cut-off of the scores must give both counts.

    The counts come from `table_reconstruction`. For each cut-off and either side of it, normal
    scores have P(event) in each group; the count is explained where its two-sided binomial p is
    0.01 or more in both groups. A table that no cut-off explains does not come from such scores.
    Rank and skewness of the real scores are unknown: the verdict is that of normal scores.
    """
    n_1, n_2 = claim.count("n_1"), claim.count("n_2")
    if max(n_1, n_2) > MOST_PERSONS:
        return Finding(NOT_TESTABLE, "Too many tables would print the odds ratio.",
                       is_able_to_fail=False)  # fmt: skip
    independent = [t for t in tables_of(claim) if not t.is_paired]
    if not independent:
        return Finding(NOT_TESTABLE, "No table of independent groups prints the odds ratio, so "
                       "there are no counts to explain.", {"n_tables": 0.0})  # fmt: skip
    if len(independent) > _MOST_TABLES:
        told = f"{len(independent)} tables print the odds ratio: its decimals do not tell which."
        return Finding(NOT_TESTABLE, told, {"n_tables": float(len(independent))})
    best = max((_best(claim, t) for t in independent), key=lambda b: b.p)
    e1, e2 = best.expected
    numbers = {"cut_off": best.score, "expected_1": e1, "expected_2": e2, "p": best.p,
               "n_tables": len(independent), "events_1": best.table.events_1,
               "events_2": best.table.events_2}  # fmt: skip
    numbers["truncated"] = float(best.table.way == TRUNCATED)
    from_where = f"The odds ratio comes from {best.table.words}"
    if len(independent) > 1:
        from_where = (f"{len(independent)} tables print the odds ratio; cut-offs explain "
                      f"{best.table.words} best")  # fmt: skip
    told = (f"{from_where}. With {_scores(claim)}, the best single "
            f"cut-off ({best.side} {best.score:.2f}) expects {e1:.1f} of {n_1} and {e2:.1f} of "
            f"{n_2}, binomial p = {best.p:.2g}")  # fmt: skip
    if best.p >= LEVEL:
        return Finding(CONSISTENT, f"{told}: such a cut-off is possible.", numbers)
    return Finding(INCONSISTENT, f"{told}: no single cut-off of normal scores gives this table.",
                   numbers)  # fmt: skip


def _best(claim: Claim, table: Table) -> _CutOff:
    means, sds = ([float(claim.number(f"{k}_{g}").exact) for g in (1, 2)] for k in ("mean", "sd"))
    sds = [max(s, 1e-9) for s in sds]
    low = min(m - 6 * s for m, s in zip(means, sds, strict=True))
    high = max(m + 6 * s for m, s in zip(means, sds, strict=True))
    scores = np.linspace(low, high, _POINTS)
    best: list[_CutOff] = []
    for side in ("below", "above"):
        shares = [_share(scores, m, s, side) for m, s in zip(means, sds, strict=True)]
        p_both = np.minimum(_binomial_p(table.events_1, table.n_1, shares[0]),
                            _binomial_p(table.events_2, table.n_2, shares[1]))  # fmt: skip
        at = _middle(p_both)
        expected = (float(shares[0][at] * table.n_1), float(shares[1][at] * table.n_2))
        best.append(_CutOff(table, float(scores[at]), expected, float(p_both[at]), side))
    return max(best, key=lambda b: b.p)


def _middle(p: Floats) -> int:
    """Return the middle of the places where p is greatest."""
    places = np.nonzero(p >= p.max() * (1 - 1e-12))[0]
    return int(places[len(places) // 2])


def _share(scores: Floats, mean: float, sd: float, side: str) -> Floats:
    z = (scores - mean) / sd
    return np.asarray(sps.norm.cdf(z) if side == "below" else sps.norm.sf(z), dtype=np.float64)


def _binomial_p(events: int, n: int, shares: Floats) -> Floats:
    """Return twice the smaller tail, at most 1."""
    tails = np.minimum(sps.binom.cdf(events, n, shares), sps.binom.sf(events - 1, n, shares))
    return np.asarray(np.minimum(2 * tails, 1.0), dtype=np.float64)


def _scores(claim: Claim) -> str:
    def group(k: int) -> str:
        return f"{claim.number(f'mean_{k}').text} ± {claim.number(f'sd_{k}').text}"

    return f"normal scores of {group(1)} and {group(2)}"
