"""Are the means of one paragraph all rounded, or all truncated?"""

from __future__ import annotations

from fractions import Fraction

from contracts.claim_figures import Printed
from stats.claims.checks.grim import sums
from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.rounding import ROUNDED, TRUNCATED
from stats.claims.words import listed, plain


def rounding_consistency(claim: Claim) -> Finding:
    """Judge the means of one paragraph by the ways of printing that each sum allows.

    A mean whose only possible sum is printed by truncation, beside one that only rounding prints,
    was printed in another way.
    """
    means, ns = claim.numbers("means"), claim.counts("ns")
    steps = [s.exact for s in claim.numbers("steps")]
    found = [_ways(m, n, s) for m, n, s in zip(means, ns, steps, strict=True)]
    rows = list(zip(means, ns, steps, found, strict=True))
    only = {way: [m for m, ways in zip(means, found, strict=True) if ways == {way}]
            for way in (ROUNDED, TRUNCATED)}  # fmt: skip
    neither = [m for m, ways in zip(means, found, strict=True) if not ways]
    numbers = {
        "n_only_rounded": float(len(only[ROUNDED])),
        "n_only_truncated": float(len(only[TRUNCATED])),
        "n_neither": float(len(neither)),
    }
    numbers |= {f"exact_{i}": float(_exact(*row)) for i, row in enumerate(rows, start=1)}
    numbers |= {f"means_apart_{i}": float(s / n) for i, (_, n, s, _) in enumerate(rows, start=1)}
    told = "; ".join(_words(*row) for row in rows)
    if neither:
        return Finding(INCONSISTENT, f"{told}. {listed(m.text for m in neither)} fits no sum.",
                       numbers)  # fmt: skip
    if only[ROUNDED] and only[TRUNCATED]:
        return Finding(INCONSISTENT, f"{told}: mixed in one paragraph.", numbers)
    if not any(only.values()):
        can = any(s / n > m.unit for m, n, s, _ in rows)
        return Finding(NOT_TESTABLE, f"{told}: nothing tells rounding from truncation.", numbers,
                       is_able_to_fail=can)  # fmt: skip
    return Finding(REPRODUCED, f"{told}: one way of printing.", numbers)


def _ways(mean: Printed, n: int, step: Fraction) -> set[str]:
    return {way for way in (ROUNDED, TRUNCATED) if sums(mean, n, step, way)}


def _exact(mean: Printed, n: int, step: Fraction, ways: set[str]) -> Fraction:
    """Return the possible mean that is printed so; the nearest one where none is."""
    nearest = round(mean.exact * n / step)
    if ways and ROUNDED not in ways:
        nearest = sums(mean, n, step, TRUNCATED)[0]
    return nearest * step / n


def _words(mean: Printed, n: int, step: Fraction, ways: set[str]) -> str:
    exact = _exact(mean, n, step, ways)
    way = " or ".join(sorted(ways)) if ways else "neither rounded nor truncated"
    return f"{mean.text}: {plain(exact * n)}/{n} = {plain(exact)}, {way}"
