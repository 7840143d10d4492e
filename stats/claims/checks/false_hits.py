"""How many hits would chance alone give?"""

from __future__ import annotations

from stats.claims.claim import CONSISTENT, INCONSISTENT, Claim, Finding
from stats.claims.words import plain


def false_hits(claim: Claim) -> Finding:
    """Judge tests without correction by m × α, the false hits to expect where nothing differs.

    Without a correction, one expected false hit or more is inconsistent with reading every hit as
    a finding. A further rule, such as a fold change, lowers the number.
    """
    targets, contrasts = claim.count("targets"), claim.count("contrasts")
    alpha, hits = claim.number("alpha"), claim.counts("hits")
    tests = targets * contrasts
    expected = tests * float(alpha.exact)
    any_false = 1 - (1 - min(float(alpha.exact), 1.0)) ** tests
    numbers = {"n_tests": float(tests), "expected_false_hits": expected,
               "p_any_false_hit": any_false}  # fmt: skip
    told = (f"{targets} targets × {contrasts} comparisons = {tests} tests at {alpha.text}: "
            f"{plain(expected)} false hits by p alone where nothing differs")  # fmt: skip
    if hits:
        numbers |= {"n_hits": float(sum(hits)),
                    "share_of_hits": expected / sum(hits) if sum(hits) else 0.0}  # fmt: skip
        told += f", against {' + '.join(str(h) for h in hits)} = {sum(hits)} hits"
    if claim.text("correction") != "none":
        return Finding(CONSISTENT, f"{told}; the publication corrects "
                       f"({claim.text('correction')}).", numbers)  # fmt: skip
    if expected < 1:
        return Finding(CONSISTENT, f"{told}; fewer than one, so no correction is needed.", numbers)
    return Finding(INCONSISTENT, f"{told}, and no correction. A further rule, such as a fold "
                   "change, lowers the number.", numbers)  # fmt: skip
