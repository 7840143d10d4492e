"""F of two variances: are they equal, as a test assumes?"""

from __future__ import annotations

import math

from scipy import stats as sps

from stats.claims.checks.t_from_summary import t_verdict
from stats.claims.claim import CONSISTENT, INCONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.p_values import PRange, p_verdict, stated_words, times_stated
from stats.claims.rounding import real_bounds, spread_of

#: Two-sided p below which two variances are called different.
LEVEL = 0.05


def variance_ratio(claim: Claim) -> Finding:
    """Judge two SDs by F, the larger variance over the smaller, with its two-sided p.

    Where a test assumes equal variances, p < 0.05 for all that the figures may stand for is
    inconsistent with it. The F test supposes normal values.
    """
    n1, n2 = claim.count("n_1"), claim.count("n_2")
    sds = [claim.number("sd_1"), claim.number("sd_2")]
    f, df1, df2 = _larger(float(sds[0].exact), float(sds[1].exact), n1, n2)
    ranges = [real_bounds(s, least=0) for s in sds]
    f_ends = spread_of(lambda a, b: _larger(a, b, n1, n2)[0], ranges)
    p_ends = spread_of(lambda a, b: f_p(*_larger(a, b, n1, n2)), ranges)
    if max(r[0] for r in ranges) <= min(r[1] for r in ranges):
        p_ends, f_ends = (p_ends[0], 1.0), (1.0, f_ends[1])  # the two SDs may be the same
    p = PRange.of(f_p(f, df1, df2), p_ends)
    ratio = f"({max(sds, key=lambda s: s.exact).text}/{min(sds, key=lambda s: s.exact).text})²"
    parts = [f"F = {ratio} = {f:.3f} on {df1} and {df2} df, {p.words}"]
    numbers = {"f": f, "p": p.p}
    verdicts = []
    if claim.has("f"):
        verdicts.append(t_verdict(claim.number("f"), f, f_ends))
        parts.append(f"F stated {claim.number('f').text}")
    if claim.has("p"):
        verdicts.append(p_verdict(claim.number("p"), p))
        parts.append(stated_words(claim.number("p"), p))
        numbers |= times_stated(claim.number("p"), p.p)
    if claim.text("assumes") == "equal":
        verdicts.append(INCONSISTENT if p.high < LEVEL else CONSISTENT)
        parts.append("the test used assumes equal variances, and they differ" if p.high < LEVEL
                     else "equal variances, which the test assumes, are not excluded")  # fmt: skip
    elif not verdicts:
        verdicts.append(CONSISTENT)
    worst = next(v for v in (INCONSISTENT, CONSISTENT, REPRODUCED) if v in verdicts)
    return Finding(worst, f"{'; '.join(parts)}.", numbers)


def f_p(f: float, df1: int, df2: int) -> float:
    """Return the two-sided p of an F that is 1 or more, as R's `var.test` has it."""
    tails = sps.f.cdf(f, df1, df2), sps.f.sf(f, df1, df2)
    return min(1.0, 2 * float(min(tails)))


def _larger(s1: float, s2: float, n1: int, n2: int) -> tuple[float, int, int]:
    """Return the larger variance over the smaller, with the df of both."""
    if s1 < s2:
        s1, s2, n1, n2 = s2, s1, n2, n1
    return (s1**2 / s2**2 if s2 else math.inf if s1 else 1.0), n1 - 1, n2 - 1
