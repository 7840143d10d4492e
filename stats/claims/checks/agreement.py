"""Is a number the same wherever it is stated?"""

from __future__ import annotations

from collections import Counter

from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.rounding import bounds
from stats.claims.words import listed


def agreement(claim: Claim) -> Finding:
    """Judge a number that stands in several places: all printed forms must allow one value."""
    values, places = claim.numbers("values"), claim.texts("places")
    ranges = [bounds(v) for v in values]
    spread = float(max(v.exact for v in values) - min(v.exact for v in values))
    numbers = {"n_places": float(len(values)), "largest_difference": spread}
    told = listed((f"{p} {v.text}" for p, v in zip(places, values, strict=True)), 12)
    if len(values) == 1:
        return Finding(NOT_TESTABLE, f"Stated in one place only: {told}.", numbers,
                       is_able_to_fail=False)  # fmt: skip
    if max(low for low, _ in ranges) <= min(high for _, high in ranges):
        return Finding(REPRODUCED, f"The same in {len(values)} places: {told}.", numbers)
    usual = Counter(v.value for v in values).most_common(1)[0][0]
    odd = [p for p, v in zip(places, values, strict=True) if v.value != usual]
    return Finding(INCONSISTENT, f"Not the same: {told}; {listed(odd)} differs.", numbers)
