"""Is a quantity that a conclusion rests on reported anywhere?"""

from __future__ import annotations

from stats.claims.claim import CONSISTENT, INCONSISTENT, Claim, Finding


def not_reported(claim: Claim) -> Finding:
    """Judge a claim that rests on a quantity by whether any value of it is printed."""
    quantity, place, n = claim.text("quantity"), claim.text("claimed_in"), claim.count("reported")
    if n:
        values = "1 value of it is" if n == 1 else f"{n} values of it are"
        return Finding(CONSISTENT, f"The {place} rests on {quantity}; {values} printed.",
                       {"n_lacking": 0.0})  # fmt: skip
    return Finding(INCONSISTENT, f"The {place} rests on {quantity}, of which no value is printed.",
                   {"n_lacking": 1.0})  # fmt: skip
