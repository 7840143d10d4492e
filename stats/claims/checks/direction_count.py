"""Are as many targets listed in a direction as stated, and does the other place agree?"""

from __future__ import annotations

from collections import Counter

from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.names import Direction, read_direction


def direction_count(claim: Claim) -> Finding:
    """Judge the number of targets in one direction by the rows of the targets.

    Counted are related claims whose direction_1 is the stated one; against them stands what
    direction_2 says. Over all related claims of the same groups, the other place's directions are
    counted too.
    """
    stated = claim.count("stated")
    wanted = read_direction(claim.text("direction"))
    if wanted is None:
        return Finding(NOT_TESTABLE, f"No direction can be read from {claim.text('direction')}.",
                       is_able_to_fail=False)  # fmt: skip
    pairs = [(read_direction(c.text("direction_1")), read_direction(c.text("direction_2")))
             for c in claim.related]  # fmt: skip
    of_list = [second for first, second in pairs if first == wanted]
    opposite = Direction(wanted.lower, wanted.higher)
    against = sum(second == opposite for second in of_list)
    unclear = sum(second is None for second in of_list)
    elsewhere = Counter(second for first, second in pairs
                        if first and second and second.groups == wanted.groups)  # fmt: skip
    told_twice = sum(elsewhere.values())
    numbers = {"n_listed": float(len(of_list)), "n_lacking": float(stated - len(of_list)),
               "n_contradicting": float(against), "n_unclear": float(unclear),
               "n_opposite_elsewhere": float(elsewhere[opposite]),
               "n_told_elsewhere": float(told_twice)}  # fmt: skip
    told = f"{stated} stated with {wanted.words}, {len(of_list)} listed"
    if of_list:
        told += f"; the other place contradicts {against} of {len(of_list)}"
        told += f" and is unclear on {unclear}" if unclear else ""
    if told_twice:
        told += (f"; there {elsewhere[opposite]} of all {told_twice} whose direction is told "
                 f"have {opposite.words}")  # fmt: skip
    if against or len(of_list) != stated:
        return Finding(INCONSISTENT, f"{told}.", numbers)
    return Finding(REPRODUCED, f"{told}.", numbers)
