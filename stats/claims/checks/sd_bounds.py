"""SD bounds: can scores between two ends have this mean and SD?"""

from __future__ import annotations

import math

from stats.claims.claim import CONSISTENT, INCONSISTENT, Claim, Finding
from stats.claims.rounding import real_bounds


def sd_bounds(claim: Claim) -> Finding:
    """Judge an SD by its largest and smallest value between the two ends.

    Largest: every score at an end, SD² ≤ (mean − low)(high − mean) n / (n − 1) (Bhatia & Davis
    2000, The American Mathematical Monthly 107:353–357, doi:10.1080/00029890.2000.12005203).
    Smallest, where both ends were seen: one score at each, all others alike.
    """
    mean, sd, n = claim.number("mean"), claim.number("sd"), claim.count("n")
    low, high = float(claim.number("low").exact), float(claim.number("high").exact)
    are_seen = claim.text("bounds", "scale") == "seen"
    if not low <= float(mean.exact) <= high:
        beyond = max(low - float(mean.exact), float(mean.exact) - high)
        return Finding(INCONSISTENT, f"The mean {mean.text} lies outside {low:g} to {high:g}.",
                       {"beyond": beyond})  # fmt: skip
    means = real_bounds(mean)
    if are_seen:
        ends = (low + (high - low) / n, high - (high - low) / n)
        if means[1] < ends[0] or means[0] > ends[1]:
            return Finding(INCONSISTENT, f"{n} persons, one at {low:g} and one at {high:g}, have a "
                           f"mean of {ends[0]:.4g} to {ends[1]:.4g}, not {mean.text}.",
                           {"mean_least": ends[0], "mean_most": ends[1]})  # fmt: skip
    centre = min(max((low + high) / 2, means[0]), means[1])
    most = max(_most(m, n, low, high) for m in (*means, centre))
    least = min(_least(m, n, low, high) for m in (*means, centre)) if are_seen else 0.0
    share = float(sd.exact) / most if most else math.inf
    numbers = {"sd_least": least, "sd_most": most, "sd_share_of_most": share}
    limits = f"Scores of {n} persons between {low:g} and {high:g} with the mean {mean.text} have "
    limits += f"an SD of {least:.4f} to {most:.4f}"
    sd_low, sd_high = real_bounds(sd, least=0)
    if sd_high < least or sd_low > most:
        return Finding(INCONSISTENT, f"{limits}; {sd.text} is outside.", numbers)
    return Finding(CONSISTENT, f"{limits}; {sd.text} is inside, as any SD between them would be.",
                   numbers)  # fmt: skip


def _most(mean: float, n: int, low: float, high: float) -> float:
    return math.sqrt(max((mean - low) * (high - mean), 0) * n / (n - 1))


def _least(mean: float, n: int, low: float, high: float) -> float:
    """SD of one score at each end and the other n − 2 at their common mean."""
    ends = (low - mean) ** 2 + (high - mean) ** 2
    if n == 2:
        return math.sqrt(ends)
    others = (n * mean - low - high) / (n - 2)
    return math.sqrt((ends + (n - 2) * (others - mean) ** 2) / (n - 1))
