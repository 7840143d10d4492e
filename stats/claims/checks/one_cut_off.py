"""Is there a cut-off of the scores that gives a stated odds ratio?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import stats as sps

from stats.claims.checks.table_reconstruction import tables_of
from stats.claims.claim import CONSISTENT, INCONSISTENT, NOT_TESTABLE, Claim, Finding
from stats.claims.rounding import ROUNDED, TRUNCATED, bounds
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
    expected : events that normal scores have there, in both groups, as near to the table as the
        rounding of means and SDs lets them come
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
    0.01 or more in both groups. A printed mean or SD stands for every number that is rounded to
    it (or cut off to it, where the odds ratio is): the one that explains the count best is taken.
    A table that no cut-off explains does not come from such scores.
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
    told = (f"{from_where}. With {_scores(claim)}, rounding allowed for, the best single "
            f"cut-off ({best.side} {best.score:.2f}) expects {e1:.1f} of {n_1} and {e2:.1f} of "
            f"{n_2}, binomial p = {best.p:.2g}")  # fmt: skip
    if best.p >= LEVEL:
        return Finding(CONSISTENT, f"{told}: such a cut-off is possible.", numbers)
    return Finding(INCONSISTENT, f"{told}: no single cut-off of normal scores gives this table.",
                   numbers)  # fmt: skip


def _best(claim: Claim, table: Table) -> _CutOff:
    means, sds = ([_range(claim, f"{k}_{g}", table) for g in (1, 2)] for k in ("mean", "sd"))
    sds = [(max(low, 1e-9), max(high, 1e-9)) for low, high in sds]
    widest = max(high for _, high in sds)
    low, high = min(m[0] for m in means) - 6 * widest, max(m[1] for m in means) + 6 * widest
    scores = np.linspace(low, high, _POINTS)
    counts = ((table.events_1, table.n_1), (table.events_2, table.n_2))
    best: list[_CutOff] = []
    for side in ("below", "above"):
        shares = [
            _nearest_share(scores, m, s, side, *count)
            for m, s, count in zip(means, sds, counts, strict=True)
        ]
        p_both = np.minimum(*(_binomial_p(*c, s) for c, s in zip(counts, shares, strict=True)))
        at = _middle(p_both)
        expected = (float(shares[0][at] * table.n_1), float(shares[1][at] * table.n_2))
        best.append(_CutOff(table, float(scores[at]), expected, float(p_both[at]), side))
    return max(best, key=lambda b: b.p)


def _range(claim: Claim, name: str, table: Table) -> tuple[float, float]:
    """Return the numbers that a printed one may stand for."""
    ends = [end for way in {ROUNDED, table.way} for end in bounds(claim.number(name), way)]
    return float(min(ends)), float(max(ends))


def _nearest_share(
    scores: Floats,
    means: tuple[float, float],
    sds: tuple[float, float],
    side: str,
    events: int,
    n: int,
) -> Floats:
    """Return at each cut-off the share nearest to the count, of those within the rounding.

    A share is monotone in mean and in SD, so its least and greatest stand at their ends; and p
    falls on both sides of the share (events + ½) / (n + 1), at which it is 1.
    """
    corners = [_share(scores, mean, sd, side) for mean, sd in product(means, sds)]
    least, greatest = np.min(corners, axis=0), np.max(corners, axis=0)
    return np.asarray(np.clip((events + 0.5) / (n + 1), least, greatest), dtype=np.float64)


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
