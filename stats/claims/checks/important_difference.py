"""Is a mean change one that patients notice?"""

from __future__ import annotations

from stats.claims.claim import CONSISTENT, INCONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.rounding import real_bounds, spread_of
from stats.claims.words import between, listed, plain


def important_difference(claim: Claim) -> Finding:
    """Judge an improvement by the minimal important difference, in points and in %.

    Judged at the figures as printed; the range of what they may stand for is told. Reaching all
    given limits is reproduced, reaching some consistent, reaching none inconsistent.
    """
    before, after = claim.number("mean_1"), claim.number("mean_2")
    sign = 1 if claim.text("better") == "higher" else -1
    gain = sign * (after.exact - before.exact)
    ranges = [real_bounds(before), real_bounds(after)]
    gains = spread_of(lambda a, b: sign * (b - a), ranges)
    numbers = {"improvement": float(gain)}
    reached: list[str] = []
    missed: list[str] = []
    told = f"{before.text} to {after.text} is {plain(gain)} points better"
    if gain < 0:
        told = f"{before.text} to {after.text} is {plain(-gain)} points worse"
    if claim.has("mid"):
        mid = claim.number("mid")
        numbers["share_of_mid"] = float(gain / mid.exact)
        (reached if gain >= mid.exact else missed).append(f"{mid.text} points")
    if claim.has("mid_percent") and before.exact:
        mid = claim.number("mid_percent")
        percent = 100 * gain / abs(before.exact)
        numbers |= {"improvement_percent": float(percent),
                    "share_of_mid_percent": float(percent / mid.exact)}  # fmt: skip
        told += f" = {float(percent):.1f} %"
        spread = spread_of(lambda a, b: 100 * sign * (b - a) / abs(a) if a else 0.0, ranges)
        told += f" ({between(*gains, 2)} points, {between(*spread, 1)} % given rounding)"
        (reached if percent >= mid.exact else missed).append(f"{mid.text} %")
    if not reached:
        return Finding(INCONSISTENT, f"{told}: below {listed(missed)}, the minimal important "
                       "difference.", numbers)  # fmt: skip
    if missed:
        return Finding(CONSISTENT, f"{told}: reaches {listed(reached)}, not {listed(missed)}.",
                       numbers)  # fmt: skip
    return Finding(REPRODUCED, f"{told}: reaches {listed(reached)}.", numbers)
