"""Is a fold-change rule the same in both directions, and the maker's?"""

from __future__ import annotations

from stats.claims.claim import INCONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.rounding import bounds
from stats.claims.words import plain


def fold_rule(claim: Claim) -> Finding:
    """Judge a rule `≥ upper or ≤ lower` by the ratios that it means.

    A signed fold change of −x is the ratio 1/x. The rule is the same in both directions where the
    lower ratio is 1 / upper; it is the maker's where both ratios are the maker's.
    """
    upper, lower = claim.number("upper"), claim.number("lower")
    if -1 < lower.exact <= 0:
        return Finding(INCONSISTENT, f"{lower.text} is neither a ratio above 0 nor a signed fold "
                       "change of −1 or below.", {"beyond": float(lower.exact)})  # fmt: skip
    is_signed = lower.exact < 0
    low, high = bounds(lower)
    ratio = -1 / lower.exact if is_signed else lower.exact
    ends = sorted((-1 / low, -1 / high)) if is_signed else [low, high]
    mirror = 1 / upper.exact
    numbers = {"lower_ratio": float(ratio), "mirror_of_upper": float(mirror)}
    told = f"{lower.text} means the ratio {plain(ratio, 3)}" if is_signed else (
        f"the lower ratio is {lower.text}")  # fmt: skip
    told += f"; 1/{upper.text} = {plain(mirror, 3)}"
    wrong = []
    if not ends[0] <= mirror <= ends[1]:
        wrong.append("the rule asks for more in one direction than in the other")
    for name, own in (("reference_upper", upper.exact), ("reference_lower", ratio)):
        if claim.has(name):
            stated = claim.number(name)
            numbers[f"gap_to_{name}"] = float(own - stated.exact)
            low, high = bounds(stated)
            if not low <= own <= high:
                wrong.append(f"the maker's limit is {stated.text}, a gap of "
                             f"{plain(min(own, stated.exact), 3)} to "
                             f"{plain(max(own, stated.exact), 3)}")  # fmt: skip
    if wrong:
        return Finding(INCONSISTENT, f"{told}; {'; '.join(wrong)}.", numbers)
    return Finding(REPRODUCED, f"{told}; the same in both directions.", numbers)
