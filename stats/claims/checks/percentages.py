"""Percentages from counts, and what they are percentages of."""

from __future__ import annotations

import math
from fractions import Fraction

from contracts.claim_figures import Printed
from stats.claims.claim import CONSISTENT, INCONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.rounding import ROUNDED, TRUNCATED, bounds, prints
from stats.claims.words import listed, plain

#: Denominators are sought up to so many times the stated one.
_REACH = 10
#: Of a percentage that prints as 0 almost any denominator fits; so many are tried.
_MOST = 10_000


def percentages(claim: Claim) -> Finding:
    """Judge the percentages of one block by its counts and the stated denominator.

    All must be 100 × count / n, rounded (or, consistent only, all truncated). Where they are not,
    the denominators that would print all of them are sought, the sum of the counts first.
    """
    counts, percents, n = claim.counts("counts"), claim.numbers("percents"), claim.count("n")
    total = sum(counts)
    numbers = {"sum_of_counts": total, "n_that_fit": float(len(_fitting(counts, percents, n)))}
    numbers |= {f"percent_{i}": 100 * c / n for i, c in enumerate(counts, start=1)}
    if claim.text("exclusive") == "yes" and total != n:
        return Finding(INCONSISTENT, f"The counts {_sum(counts)} = {total}, not {n}."
                       f"{_other(counts, percents, n, numbers)}", numbers)  # fmt: skip
    if _all(counts, percents, n, ROUNDED):
        return Finding(REPRODUCED, f"{_quotients(counts, percents, n)}.", numbers)
    if _all(counts, percents, n, TRUNCATED):
        return Finding(CONSISTENT, f"{_quotients(counts, percents, n)}, truncated.", numbers)
    wrong = [i for i, (c, p) in enumerate(zip(counts, percents, strict=True))
             if not prints(Fraction(100 * c, n), p, ROUNDED)]  # fmt: skip
    told = listed((f"{counts[i]}/{n} = {plain(100 * counts[i] / n, 2)} %, not {percents[i].text}"
                   for i in wrong), 5)  # fmt: skip
    return Finding(INCONSISTENT, f"{told}.{_other(counts, percents, n, numbers)}", numbers)


def _all(counts: tuple[int, ...], percents: tuple[Printed, ...], n: int, way: str) -> bool:
    pairs = zip(counts, percents, strict=True)
    return all(prints(Fraction(100 * c, n), p, way) for c, p in pairs)


def _fitting(counts: tuple[int, ...], percents: tuple[Printed, ...], n: int) -> list[int]:
    """Return denominators that print every percentage, the sum of the counts first."""
    total = sum(counts)
    if not total:
        return [n] if _all(counts, percents, n, ROUNDED) else []
    least, most = max(*counts, 1), _REACH * max(n, total)
    for count, percent in zip(counts, percents, strict=True):
        low, high = bounds(percent)
        if count and high > 0:
            least = max(least, math.ceil(100 * count / high))
            most = min(most, math.floor(100 * count / low)) if low > 0 else most
    most = min(most, least + _MOST)
    tried = [m for m in (total, *range(least, most + 1)) if m > 0]
    return [m for m in dict.fromkeys(tried) if _all(counts, percents, m, ROUNDED)]


def _other(
    counts: tuple[int, ...], percents: tuple[Printed, ...], n: int, numbers: dict[str, float]
) -> str:
    """Say which other denominator prints the block, and add it to the numbers."""
    fitting = _fitting(counts, percents, n)
    if n in fitting:
        return f" The percentages are of {n}."
    found = [m for m in fitting if m != n]
    if not found:
        return " No other denominator prints them either."
    numbers["n_fitting"] = found[0]
    if found[0] == sum(counts):
        return (f" They are percentages of {_sum(counts)} = {found[0]}, the sum of the counts: "
                f"{_quotients(counts, percents, found[0])}.")  # fmt: skip
    return f" The denominator {listed(found, 3)} would print them."


def _quotients(counts: tuple[int, ...], percents: tuple[Printed, ...], n: int) -> str:
    return ", ".join(f"{c}/{n} = {p.text} %" for c, p in zip(counts, percents, strict=True))


def _sum(counts: tuple[int, ...]) -> str:
    return " + ".join(str(c) for c in counts)
