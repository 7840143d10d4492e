"""p from an estimate and its confidence interval."""

from __future__ import annotations

import math

from scipy import stats as sps

from contracts.claim_figures import Printed
from stats.claims.claim import CONSISTENT, INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.p_values import PRange, p_verdict, stated_words, times_stated
from stats.claims.rounding import real_bounds, spread_of
from stats.claims.words import between, plain

_NAMES = ("estimate", "ci_low", "ci_high")


def p_from_ci(claim: Claim) -> Finding:
    """Judge estimate, interval and p as those of a Wald test.

    SE = (high − low) / (2 z), of a ratio on the log scale; z = estimate / SE. An estimate that is
    not the middle of its interval (on that scale) belongs to no Wald interval. A lower bound of a
    ratio that is printed as 0 says nothing on the log scale: the SE is then taken from the upper
    one, and the implied lower bound must print as stated.

    References
    ----------
    Altman & Bland (2011), BMJ 343:d2304, doi:10.1136/bmj.d2304.
    """
    estimate, low, high = (claim.number(n) for n in _NAMES)
    is_ratio = claim.text("scale") == "ratio"
    if is_ratio and not (estimate.value and high.value):
        zeros = float((not estimate.value) + (not high.value))
        return Finding(NOT_TESTABLE, "A ratio that prints as 0 says nothing on the log scale.",
                       {"n_that_print_0": zeros})  # fmt: skip
    if is_ratio and (estimate.value < 0 or low.value < 0):
        return Finding(INCONSISTENT, "A ratio and its bounds are above 0.",
                       {"least": min(float(x.exact) for x in (estimate, low, high))})  # fmt: skip
    if not low.value <= estimate.value <= high.value:
        return Finding(INCONSISTENT, f"{estimate.text} lies outside {low.text} to {high.text}.",
                       {"beyond": float(max(low.exact - estimate.exact,
                                            estimate.exact - high.exact))})  # fmt: skip
    if is_ratio and not low.value:
        return _from_upper(claim, estimate, low, high)
    ends = [_scaled(x, is_ratio) for x in (estimate, low, high)]
    ranges = [_range(x, is_ratio) for x in (estimate, low, high)]
    middle = (ends[1] + ends[2]) / 2
    m_low, m_high = spread_of(lambda a, b: (a + b) / 2, ranges[1:])
    numbers = {"middle": math.exp(middle) if is_ratio else middle}
    told = f"The middle of {low.text} to {high.text} is {numbers['middle']:.4g}"
    told += " on the log scale" if is_ratio else ""
    verdict, words = _tested(claim, ends, ranges, numbers)
    if m_high < ranges[0][0] or m_low > ranges[0][1]:
        return Finding(INCONSISTENT, f"{told}, not {estimate.text}: no Wald interval. {words}",
                       numbers)  # fmt: skip
    if not claim.has("p"):
        is_same = ranges[0][0] <= middle <= ranges[0][1]
        verdict = REPRODUCED if is_same else CONSISTENT
    return Finding(verdict, f"{told}, as {estimate.text} must be. {words}", numbers)


def _tested(
    claim: Claim, ends: list[float], ranges: list[tuple[float, float]], numbers: dict[str, float]
) -> tuple[str, str]:
    """Return the verdict on p and the words, and add the numbers."""
    df, quantile = claim.count("df"), _quantile(claim)
    se = (ends[2] - ends[1]) / (2 * quantile)
    if se <= 0:
        return NOT_TESTABLE, "The interval has no width."
    z = ends[0] / se

    def p_of(e: float, lo: float, hi: float) -> float:
        error = (hi - lo) / (2 * quantile)
        return _p(e / error, df) if error > 0 else 0.0

    within = spread_of(p_of, ranges)
    if ranges[0][0] < 0 < ranges[0][1]:
        within = (within[0], 1.0)
    p = PRange.of(_p(z, df), within)
    numbers |= {"se": se, "z": z, "p": p.p}
    name = f"t on {df} df" if df else "z"
    words = f"SE {se:.4f}, {name} {z:.3f}, {p.words}"
    if not claim.has("p"):
        return CONSISTENT, f"{words}."
    stated = claim.number("p")
    numbers |= times_stated(stated, p.p)
    return p_verdict(stated, p), f"{words}, {stated_words(stated, p)}."


def _from_upper(claim: Claim, estimate: Printed, low: Printed, high: Printed) -> Finding:
    """Judge a ratio whose lower bound prints as 0."""
    quantile, df = _quantile(claim), claim.count("df")
    ranges = [_range(x, True) for x in (estimate, high)]
    values = [_scaled(x, True) for x in (estimate, high)]
    se = (values[1] - values[0]) / quantile
    implied = spread_of(lambda e, h: math.exp(2 * e - h), ranges)

    def p_of(e: float, h: float) -> float:
        return _p(e * quantile / (h - e), df) if h > e else 1.0

    if se <= 0:
        return Finding(NOT_TESTABLE, "The interval has no width above the estimate.")
    p = PRange.of(p_of(*values), spread_of(p_of, ranges))
    numbers = {"implied_ci_low": math.exp(2 * values[0] - values[1]), "se": se,
               "z": values[0] / se, "p": p.p}  # fmt: skip
    told = (f"The lower bound prints as {low.text}; from {estimate.text} and {high.text} it is "
            f"{numbers['implied_ci_low']:.2g} ({between(*implied, 5)} given rounding)")  # fmt: skip
    words = f"SE {se:.4f}, z {numbers['z']:.2f}, {p.words}"
    fits = implied[0] <= real_bounds(low)[1]
    verdict = CONSISTENT if fits else INCONSISTENT
    if not fits:
        told += f", which prints as {plain(numbers['implied_ci_low'], low.decimals)}"
    if claim.has("p"):
        stated = claim.number("p")
        numbers |= times_stated(stated, p.p)
        words += f", {stated_words(stated, p)}"
        if p_verdict(stated, p) == INCONSISTENT:
            verdict = INCONSISTENT
    return Finding(verdict, f"{told}. {words}.", numbers)


def _quantile(claim: Claim) -> float:
    level = float(claim.number("level").exact) if claim.has("level") else 95.0
    tail = (1 - level / 100) / 2
    df = claim.count("df")
    return float(sps.t.isf(tail, df) if df else sps.norm.isf(tail))


def _scaled(printed: Printed, is_ratio: bool) -> float:
    value = float(printed.exact)
    return math.log(value) if is_ratio else value


def _range(printed: Printed, is_ratio: bool) -> tuple[float, float]:
    low, high = real_bounds(printed)
    if not is_ratio:
        return low, high
    # A ratio printed as 0.001 may be as small as 0.0005, never 0.
    return math.log(max(low, float(printed.unit) / 100)), math.log(high)


def _p(z: float, df: int) -> float:
    return float(2 * (sps.t.sf(abs(z), df) if df else sps.norm.sf(abs(z))))
