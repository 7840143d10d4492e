"""Is a fold-change rule the same in both directions, and the maker's?"""

from __future__ import annotations

from stats.claims.claim import INCONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.rounding import are_same, prints_rounded
from stats.claims.words import plain


def fold_rule(claim: Claim) -> Finding:
    """Judge a rule `≥ upper or ≤ lower` by the ratios that it means.

    A signed fold change of −x is the ratio 1/x. The rule is the same in both directions where the
    lower ratio is 1 / upper; it is the maker's where both ratios are the maker's. Limits are exact;
    of two that are printed with different decimals, the finer one rounds to the other.
    """
    upper, lower = claim.number("upper"), claim.number("lower")
    if -1 < lower.exact <= 0:
        return Finding(INCONSISTENT, f"{lower.text} is neither a ratio above 0 nor a signed fold "
                       "change of −1 or below.", {"beyond": float(lower.exact)})  # fmt: skip
    is_signed = lower.exact < 0
    ratio, mirror = (-1 / lower.exact if is_signed else lower.exact), 1 / upper.exact
    numbers = {"lower_ratio": float(ratio), "mirror_of_upper": float(mirror)}
    told = f"The lower ratio is {lower.text}"
    if is_signed:
        told = f"{lower.text} means the ratio {plain(ratio, 3)}"
    told += f"; 1/{upper.text} = {plain(mirror, 3)}"
    wrong = []
    if not (ratio == mirror or (not is_signed and prints_rounded(mirror, lower))):
        wrong.append("the rule asks for more in one direction than in the other")
    own = {"reference_upper": (upper.exact, upper),
           "reference_lower": (ratio, None if is_signed else lower)}  # fmt: skip
    for name, (exact, printed) in own.items():
        if not claim.has(name):
            continue
        maker = claim.number(name)
        numbers[f"gap_to_{name}"] = float(exact - maker.exact)
        if not (prints_rounded(exact, maker) if printed is None else are_same(printed, maker)):
            low, high = sorted((exact, maker.exact))
            wrong.append(f"the maker's limit is {maker.text}, a gap of {plain(low, 3)} to "
                         f"{plain(high, 3)}")  # fmt: skip
    if wrong:
        return Finding(INCONSISTENT, f"{told}; {'; '.join(wrong)}.", numbers)
    return Finding(REPRODUCED, f"{told}; the same in both directions.", numbers)
