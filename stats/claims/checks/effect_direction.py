"""Do odds ratios point the way that the means moved?"""

from __future__ import annotations

import math

from stats.claims.claim import CONSISTENT, INCONSISTENT, NOT_TESTABLE, Claim, Finding
from stats.claims.words import plain


def effect_direction(claim: Claim) -> Finding:
    """Judge odds ratios, after against before, by whether each mean got better or worse.

    A ratio below 1 fits an improvement where the event is the worse state, a ratio above 1 where
    it is the better one. An event that is not described can be chosen to fit each ratio: not
    testable, and the choice that fits is told.
    """
    rows = list(zip(claim.numbers("ratios"), claim.numbers("means_1"), claim.numbers("means_2"),
                    claim.texts("better"), strict=True))  # fmt: skip
    told, needed, numbers = [], [], {}
    for i, (ratio, before, after, better) in enumerate(rows, start=1):
        change = after.exact - before.exact
        is_better = change > 0 if better == "higher" else change < 0
        numbers[f"change_{i}"] = float(change)
        numbers[f"log_ratio_{i}"] = math.log(ratio.exact) if ratio.exact else -math.inf
        told.append(f"{before.text} → {after.text} ({'better' if is_better else 'not better'}, "
                    f"{plain(change)}) with a ratio of {ratio.text}")  # fmt: skip
        fits_worse = ratio.exact != 1 and (ratio.exact < 1) == is_better
        needed.append("worse_state" if fits_worse else "better_state")
    said = "; ".join(told)
    event = claim.text("event")
    if event == "not_stated":
        states = " and ".join(dict.fromkeys(n.replace("_", " ") for n in needed))
        return Finding(NOT_TESTABLE, f"{said}: coherent only if the event is the {states}; the "
                       "event is not described.", numbers, is_able_to_fail=False)  # fmt: skip
    if all(n == event for n in needed):
        return Finding(CONSISTENT, f"{said}: as the event ({event.replace('_', ' ')}) asks.",
                       numbers)  # fmt: skip
    return Finding(INCONSISTENT, f"{said}: not all as the event ({event.replace('_', ' ')}) asks.",
                   numbers)  # fmt: skip
