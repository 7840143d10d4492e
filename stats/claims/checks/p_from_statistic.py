"""p from a printed test statistic and its degrees of freedom."""

from __future__ import annotations

import math

from scipy import stats as sps

from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, Claim, Finding
from stats.claims.p_values import PRange, p_verdict, stated_words, times_stated
from stats.claims.rounding import real_bounds

_NAMES = {"f": "F", "chi2": "χ²"}


def p_from_statistic(claim: Claim) -> Finding:
    """Judge a printed p by the printed statistic: t, z and r two-sided, F and χ² upper tail.

    r is tested by t = r √(df / (1 − r²)) on df = n − 2. The range runs over what the printed
    statistic may stand for.

    References
    ----------
    Nuijten et al. (2016), Behavior Research Methods 48:1205–1226, doi:10.3758/s13428-015-0664-2.
    """
    kind, value, stated = claim.text("statistic"), claim.number("value"), claim.number("p")
    df1, df2 = claim.count("df_1"), claim.count("df_2")
    if lack := _lacking(kind, df1, df2):
        return Finding(NOT_TESTABLE, f"{kind} needs {lack}, which the row does not have.")
    if kind == "r" and abs(value.exact) > 1:
        return Finding(INCONSISTENT, f"r = {value.text} lies beyond −1 to 1.",
                       {"beyond": float(abs(value.exact) - 1)})  # fmt: skip
    low, high = (abs(b) for b in real_bounds(value))
    p = PRange.of(_p(kind, abs(float(value.exact)), df1, df2),
                  (_p(kind, low, df1, df2), _p(kind, high, df1, df2)))  # fmt: skip
    on = {"z": "", "f": f" on {df1} and {df2} df"}.get(kind, f" on {df1} df")
    numbers = {"p": p.p, **times_stated(stated, p.p)}
    return Finding(p_verdict(stated, p), f"{_NAMES.get(kind, kind)} = {value.text}{on}: {p.words}, "
                   f"{stated_words(stated, p)}.", numbers)  # fmt: skip


def _lacking(kind: str, df1: int, df2: int) -> str:
    if kind != "z" and not df1:
        return "df_1"
    return "df_2" if kind == "f" and not df2 else ""


def _p(kind: str, value: float, df1: int, df2: int) -> float:
    if kind == "z":
        return float(2 * sps.norm.sf(value))
    if kind == "f":
        return float(sps.f.sf(value, df1, df2))
    if kind == "chi2":
        return float(sps.chi2.sf(value, df1))
    if kind == "r":
        value = min(value, 1.0)
        value = value * math.sqrt(df1 / (1 - value**2)) if value < 1 else math.inf
    return float(2 * sps.t.sf(value, df1))
