"""Is a number the same wherever it is stated?"""

from __future__ import annotations

from collections import Counter

from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.rounding import are_same
from stats.claims.words import listed


def agreement(claim: Claim) -> Finding:
    """Judge a number that stands in several places.

    Where it has as many decimals it must be the same; with fewer, the rounded one.
    """
    values, places = claim.numbers("values"), claim.texts("places")
    spread = float(max(v.exact for v in values) - min(v.exact for v in values))
    numbers = {"n_places": float(len(values)), "largest_difference": spread}
    told = listed((f"{p} {v.text}" for p, v in zip(places, values, strict=True)), 12)
    if len(values) == 1:
        return Finding(NOT_TESTABLE, f"Stated in one place only: {told}.", numbers,
                       is_able_to_fail=False)  # fmt: skip
    finest = max(values, key=lambda v: v.decimals)
    if all(are_same(finest, v) for v in values):
        return Finding(REPRODUCED, f"The same in {len(values)} places: {told}.", numbers)
    usual = Counter(v.value for v in values).most_common(1)[0][0]
    odd = [p for p, v in zip(places, values, strict=True) if v.value != usual]
    return Finding(INCONSISTENT, f"Not the same: {told}; {listed(odd)} differs.", numbers)
