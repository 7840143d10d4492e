"""Do two stated directions exclude that a third comparison is silent or says the opposite?"""

from __future__ import annotations

import math

from scipy import stats as sps

from stats.claims.claim import CONSISTENT, INCONSISTENT, NOT_TESTABLE, Claim, Finding
from stats.claims.names import Direction, read_direction, target_name
from stats.claims.words import p_text


def transitivity(claim: Claim) -> Finding:
    """Judge a target of a third comparison by its directions in the two others.

    x > y and y > z, each at least `fold`-fold, make x / z at least fold². A target that is listed
    for both but not for x against z can only be absent there by p ≥ α: told is the standard
    deviation (log2 units) from which Student's t of the two groups misses such a ratio, and the p
    that it has at a standard deviation of 1.
    """
    groups = frozenset(claim.texts("between"))
    name = target_name(claim)
    stated = [d for c in claim.related if target_name(c) == name
              and (d := read_direction(c.text("direction_1")))]  # fmt: skip
    target = claim.text("target")
    third = [d for d in stated if d.groups == groups]
    chain = _chain([d for d in stated if d.groups != groups], groups)
    if chain is None:
        told = "; ".join(d.words for d in stated) or "no direction"
        pair = " and ".join(sorted(groups))
        return Finding(NOT_TESTABLE, f"{target}: {told} say nothing of {pair}.",
                       {"n_directions": float(len(stated))}, is_able_to_fail=False)  # fmt: skip
    first, second = chain
    composed = Direction(first.higher, second.lower)
    fold = claim.number("fold")
    ratio = float(fold.exact**2)
    n_1, n_2 = claim.count("n_1"), claim.count("n_2")
    alpha = float(claim.number("alpha").exact) if claim.has("alpha") else 0.05
    spread, p = _hidden(ratio, n_1, n_2, alpha)
    numbers = {"least_ratio": ratio, "sd_log2_that_hides_it": spread, "p_at_sd_1": p,
               "n_listed": float(len(third))}  # fmt: skip
    told = (f"{target}: {first.words} and {second.words}, each at least {fold.text}-fold, make "
            f"{composed.higher}/{composed.lower} at least {ratio:.4g}")  # fmt: skip
    pair = " and ".join(sorted(groups))
    if composed in third:
        return Finding(CONSISTENT, f"{told}, and {composed.words} is listed.", numbers)
    if third:
        return Finding(INCONSISTENT, f"{told}, yet {third[0].words} is listed.", numbers)
    return Finding(
        INCONSISTENT, f"{told}, yet it is not among those that differ between {pair}. That needs "
        f"p ≥ {alpha:g} at {n_1} v {n_2} (a standard deviation of {spread:.2f} log2 units or more; "
        f"at 1 p is {p_text(p)}), or one of the two directions to be the opposite.", numbers,
    )  # fmt: skip


def _chain(stated: list[Direction], groups: frozenset[str]) -> tuple[Direction, Direction] | None:
    """Return x > y and y > z where x and z are the two groups."""
    for first in stated:
        for second in stated:
            ends = frozenset((first.higher, second.lower))
            if first.lower == second.higher and ends == groups:
                return first, second
    return None


def _hidden(ratio: float, n_1: int, n_2: int, alpha: float) -> tuple[float, float]:
    """Return the SD (log2) from which a ratio has p ≥ α, and its p at an SD of 1."""
    df, root = n_1 + n_2 - 2, math.sqrt(1 / n_1 + 1 / n_2)
    effect = math.log2(ratio)
    critical = float(sps.t.isf(min(alpha, 1.0) / 2, df))
    spread = abs(effect) / (critical * root) if critical else math.inf
    return spread, float(2 * sps.t.sf(abs(effect) / root, df))
