"""Do the parts add up to the stated total?"""

from __future__ import annotations

from stats.claims.claim import INCONSISTENT, REPRODUCED, Claim, Finding


def total(claim: Claim) -> Finding:
    """Judge a stated total by the sum of its parts."""
    parts, stated = claim.counts("parts"), claim.count("total")
    found = sum(parts)
    told = f"{' + '.join(str(p) for p in parts)} = {found}"
    numbers = {"sum": float(found), "difference": float(stated - found)}
    if found == stated:
        return Finding(REPRODUCED, f"{told}, as stated.", numbers)
    return Finding(INCONSISTENT, f"{told}, not {stated}.", numbers)
