"""Are as many listed as stated, and the same ones as elsewhere?"""

from __future__ import annotations

from collections import Counter

from stats.claims.claim import INCONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.names import fold_name, matched
from stats.claims.words import listed


def list_length(claim: Claim) -> Finding:
    """Judge a stated number by the list, and the list by those of the related claims.

    Names are compared without case, blanks, hyphens and Greek letters; a name of five letters or
    more that differs by one letter from one that is left over counts as the same, and is told.
    """
    stated, members = claim.count("stated"), claim.texts("members")
    twice = [n for n, k in Counter(fold_name(m) for m in members).items() if k > 1]
    n = len({fold_name(m) for m in members})
    numbers = {"n_listed": float(n), "n_lacking": float(stated - n), "n_twice": float(len(twice))}
    told = [f"{stated} stated, {n} listed"]
    told += [f"{listed(twice)} twice"] if twice else []
    is_whole = n == stated and not twice
    if claim.related:
        elsewhere = _elsewhere(claim)
        same, missing = matched(list(dict.fromkeys(members)), elsewhere)
        extra = [m for m in dict.fromkeys(members) if m not in same]
        slips = [f"{a} for {b}" for a, b in same.items() if fold_name(a) != fold_name(b)]
        numbers |= {"n_missing": float(len(missing)), "n_extra": float(len(extra)),
                    "n_elsewhere": float(len(elsewhere))}  # fmt: skip
        told += [f"{listed(missing)} missing"] if missing else []
        told += [f"{listed(extra)} nowhere else"] if extra else []
        told += [f"spelled otherwise: {listed(slips)}"] if slips else []
        is_whole = is_whole and not missing and not extra
    return Finding(REPRODUCED if is_whole else INCONSISTENT, f"{'; '.join(told)}.", numbers)


def _elsewhere(claim: Claim) -> list[str]:
    """Return the names of the related claims: members of lists, targets of findings."""
    found: dict[str, str] = {}
    for other in claim.related:
        for name in other.texts("members") or (other.text("target"),):
            if name:
                found.setdefault(fold_name(name), name)
    return list(found.values())
