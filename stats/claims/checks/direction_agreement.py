"""Do two places of a publication state the same direction?"""

from __future__ import annotations

from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.names import read_direction


def direction_agreement(claim: Claim) -> Finding:
    """Judge a direction by the direction that another place states."""
    target = claim.text("target")
    texts = [claim.text(f"direction_{k}") for k in (1, 2)]
    first, second = (read_direction(t) for t in texts)
    if first is None or second is None:
        untold = [t or "nothing" for t, d in zip(texts, (first, second), strict=True) if d is None]
        return Finding(NOT_TESTABLE, f"{target}: one place says {texts[0]}, the other "
                       f"{texts[1] or 'nothing'}; no direction can be read from "
                       f"{' and '.join(untold)}.", {"n_directions": float(2 - len(untold))},
                       is_able_to_fail=False)  # fmt: skip
    if first.groups != second.groups:
        told = f"{target}: {first.words} and {second.words} compare different groups."
        return Finding(NOT_TESTABLE, told, {"n_directions": 2.0}, is_able_to_fail=False)
    agree = first == second
    numbers = {"n_directions": 2.0, "n_contradicting": float(not agree)}
    told = f"{target}: {first.words} in one place, {second.words} in the other"
    if agree:
        return Finding(REPRODUCED, f"{told}.", numbers)
    return Finding(INCONSISTENT, f"{told}: they contradict each other.", numbers)
