"""t and its p from means and standard deviations."""

from __future__ import annotations

import math
from fractions import Fraction

from scipy import stats as sps

from contracts.claim_figures import Printed
from stats.claims.claim import CONSISTENT, INCONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.p_values import PRange, p_verdict, stated_words, times_stated
from stats.claims.rounding import prints_rounded, real_bounds, spread_of
from stats.claims.words import between

#: Correlations within persons that a paired t is told for; the publication prints none.
CORRELATIONS = (0.3, 0.5, 0.7)
_TINY = 1e-12
_NAMES = ("mean_1", "sd_1", "mean_2", "sd_2")


def student_t(m1: float, s1: float, m2: float, s2: float, n1: int, n2: int) -> tuple[float, float]:
    """Return t of the second mean minus the first, and its degrees of freedom."""
    df = n1 + n2 - 2
    pooled = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df
    return _ratio(m2 - m1, math.sqrt(pooled * (1 / n1 + 1 / n2))), df


def welch_t(m1: float, s1: float, m2: float, s2: float, n1: int, n2: int) -> tuple[float, float]:
    """Return Welch's t of the second mean minus the first, and Satterthwaite's df."""
    v1, v2 = s1**2 / n1, s2**2 / n2
    if not v1 + v2:
        return _ratio(m2 - m1, 0), n1 + n2 - 2
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    return _ratio(m2 - m1, math.sqrt(v1 + v2)), df


def paired_t(m1: float, s1: float, m2: float, s2: float, n: int, r: float) -> float:
    """Return t of the change of n pairs whose values correlate with r, on n − 1 df."""
    variance = s1**2 + s2**2 - 2 * r * s1 * s2
    return _ratio(m2 - m1, math.sqrt(max(variance, 0) / n))


def t_from_summary(claim: Claim) -> Finding:
    """Judge a stated t or p by the means, SDs and sizes of two groups or visits.

    The range runs over all corners of what the printed figures may stand for. Of paired data a
    publication without the SD of the change leaves the correlation open; a paired t is then told
    for 0.3, 0.5 and 0.7, and a stated paired result fails only where no correlation gives it.
    """
    return _paired(claim) if claim.text("test") == "paired" else _unpaired(claim)


def _unpaired(claim: Claim) -> Finding:
    n1, n2 = claim.count("n_1"), claim.count("n_2")
    compute = welch_t if claim.text("test") == "welch" else student_t
    values = _values(claim)
    ranges = _ranges(claim)
    t, df = compute(*values, n1, n2)
    t_range = spread_of(lambda a, b, c, d: compute(a, b, c, d, n1, n2)[0], ranges)
    p_ends = spread_of(lambda a, b, c, d: _p(*compute(a, b, c, d, n1, n2)), ranges)
    if t_range[0] < 0 < t_range[1]:
        p_ends = (p_ends[0], 1.0)
    p = PRange.of(_p(t, df), p_ends)
    name = "Welch's" if compute is welch_t else "Student's unpaired"
    said = (f"{_difference(claim)}: {name} t = {t:.3f} ({between(*t_range)} given rounding) on "
            f"{df:.4g} df, {p.words}")  # fmt: skip
    numbers = {"t": t, "df": df, "p": p.p}
    verdict, words = _against(claim, t, t_range, p)
    if claim.has("p"):
        numbers |= times_stated(claim.number("p"), p.p)
    told = f"{said}, {words}."
    if claim.text("data") == "patient" and n1 == n2:
        paired = {r: paired_t(*values, n1, r) for r in CORRELATIONS}
        numbers |= {f"paired_t_at_r_{r}": v for r, v in paired.items()}
        shown = ", ".join(f"{v:.2f} for r = {r}" for r, v in paired.items())
        told += f" The same persons were measured twice: a paired t would be {shown}."
    return Finding(verdict, told, numbers)


def _paired(claim: Claim) -> Finding:
    n = claim.count("n_1")
    if claim.count("n_2") != n:
        return Finding(INCONSISTENT, f"A paired test needs equally many values: {n} and "
                       f"{claim.count('n_2')} are stated.",
                       {"n_difference": float(claim.count("n_2") - n)})  # fmt: skip
    values = _values(claim)
    ends = [paired_t(*values, n, r) for r in (-1.0, 1.0)]
    lowest, highest = sorted(abs(t) for t in ends)
    corners = _ranges(claim)
    least = min(
        abs(v) for v in spread_of(lambda a, b, c, d: paired_t(a, b, c, d, n, -1.0), corners)
    )
    most = max(abs(v) for v in spread_of(lambda a, b, c, d: paired_t(a, b, c, d, n, 1.0), corners))
    numbers = {"t_least": lowest, "p_most": _p(lowest, n - 1), "p_least": _p(highest, n - 1)}
    numbers |= {f"paired_t_at_r_{r}": paired_t(*values, n, r) for r in CORRELATIONS}
    said = (f"{_difference(claim)}: over all correlations |t| runs from {lowest:.3f} (r = −1) to "
            f"{highest:.3f} (r = 1) on {n - 1} df")  # fmt: skip
    is_possible, parts = True, []
    if claim.has("t"):
        low, high = (abs(b) for b in real_bounds(claim.number("t")))
        is_possible = max(low, high) >= least and min(low, high) <= most
        needed = _correlation(values, n, float(claim.number("t").exact))
        numbers |= {"r_needed": needed}
        shown = f"r = {needed:.3f}" if math.isfinite(needed) else "another spread"
        parts.append(f"t = {claim.number('t').text} needs {shown}")
    if claim.has("p"):
        stated = claim.number("p")
        of_p = PRange(_p(lowest, n - 1), _p(most, n - 1), _p(least, n - 1))
        is_possible &= p_verdict(stated, of_p) != INCONSISTENT
        parts.append(f"p = {of_p.high:.2g} to {of_p.low:.2g}, stated {stated.relation} "
                     f"{stated.text}")  # fmt: skip
        if claim.has("t"):
            ends_of_p = spread_of(lambda t: _p(t, n - 1), [real_bounds(claim.number("t"))])
            own = PRange.of(_p(float(claim.number("t").exact), n - 1), ends_of_p)
            is_possible &= p_verdict(stated, own) != INCONSISTENT
            numbers |= {"p_of_stated_t": own.p}
            parts.append(f"the stated t alone gives {own.words}")
    verdict = CONSISTENT if is_possible else INCONSISTENT
    return Finding(verdict, f"{said}; {'; '.join(parts)}.", numbers)


def _against(claim: Claim, t: float, t_range: tuple[float, float], p: PRange) -> tuple[str, str]:
    """Return the verdict on what is stated, and how it compares in words."""
    verdicts, words = [], []
    if claim.has("t"):
        stated = claim.number("t")
        verdicts.append(t_verdict(stated, t, t_range))
        words.append(f"t stated {stated.text}")
    if claim.has("p"):
        verdicts.append(p_verdict(claim.number("p"), p))
        words.append(stated_words(claim.number("p"), p))
    worst = next(v for v in (INCONSISTENT, CONSISTENT, REPRODUCED) if v in verdicts)
    return worst, ", ".join(words)


def t_verdict(stated: Printed, value: float, ends: tuple[float, float]) -> str:
    """Judge a printed statistic, whatever its sign: a publication may subtract the other way."""
    if math.isfinite(value):
        exact = Fraction(abs(value)) * (1 if stated.exact >= 0 else -1)
        if prints_rounded(exact, stated):
            return REPRODUCED
    low, high = sorted(abs(e) for e in ends)
    low = 0.0 if ends[0] <= 0 <= ends[1] else low
    down, up = sorted(abs(b) for b in real_bounds(stated))
    return CONSISTENT if down <= high and low <= up else INCONSISTENT


def _values(claim: Claim) -> tuple[float, float, float, float]:
    """Return both means and SDs as printed: m1, s1, m2, s2."""
    m1, s1, m2, s2 = (float(claim.number(k).exact) for k in _NAMES)
    return m1, s1, m2, s2


def _ranges(claim: Claim) -> list[tuple[float, float]]:
    return [real_bounds(claim.number(k), least=0 if k.startswith("sd") else -math.inf)
            for k in _NAMES]  # fmt: skip


def _difference(claim: Claim) -> str:
    def group(k: int) -> str:
        return f"{claim.number(f'mean_{k}').text} ± {claim.number(f'sd_{k}').text}"

    n1, n2 = claim.count("n_1"), claim.count("n_2")
    sizes = f"n = {n1}" if n1 == n2 else f"n = {n1} and {n2}"
    return f"{group(1)} and {group(2)} ({sizes})"


def _correlation(values: tuple[float, float, float, float], n: int, t: float) -> float:
    """Return the correlation that gives a paired t."""
    m1, s1, m2, s2 = values
    if not (t and s1 and s2):
        return math.nan
    return (s1**2 + s2**2 - n * ((m2 - m1) / t) ** 2) / (2 * s1 * s2)


def _ratio(difference: float, error: float) -> float:
    if error > _TINY:
        return difference / error
    return math.copysign(math.inf, difference) if abs(difference) > _TINY else 0.0


def _p(t: float, df: float) -> float:
    return float(2 * sps.t.sf(abs(t), df))
