"""GRIM: can the mean of n scores of a given step be printed so?"""

from __future__ import annotations

import math
from fractions import Fraction

from contracts.claim_figures import Printed
from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.rounding import ROUNDED, TRUNCATED, bounds, prints
from stats.claims.words import listed, plain

#: Steps that are tried where the stated one does not fit.
OTHER_STEPS = (Fraction(1), Fraction(1, 2), Fraction(1, 10))
#: How many fewer persons are tried (missing answers).
FEWER = 5


def grim(claim: Claim) -> Finding:
    """Judge a mean by the sums that n scores can have.

    A mean of n persons with a score of k items each is a multiple of step / (n × k). Where those
    multiples lie no further apart than the last printed digit, nothing could fail.

    References
    ----------
    Brown & Heathers (2017), Social Psychological and Personality Science 8:363–369,
    doi:10.1177/1948550616673876.
    """
    mean, n = claim.number("mean"), claim.count("n")
    step, items = claim.number("step").exact, claim.count("items", 1)
    own = claim.text("rounding", ROUNDED)
    units = n * items
    numbers = {"nearest_sum": float(nearest_sum(mean, units, step)),
               "mean_times_n": float(mean.exact * units),
               "means_apart": float(step / units)}  # fmt: skip
    if outside := _outside(claim, mean):
        return Finding(INCONSISTENT, outside, numbers)
    if step / units <= mean.unit:
        return Finding(
            NOT_TESTABLE,
            f"{n} scores in steps of {plain(step)} have means {plain(step / units, 5)} apart, "
            f"finer than the last printed digit ({plain(mean.unit)}): every mean can be printed, "
            f"so this check cannot fail.", numbers, is_able_to_fail=False,
        )  # fmt: skip
    fitting = sums(mean, units, step, own)
    numbers["n_sums_that_fit"] = float(len(fitting))
    power = 1 - mean.unit / (step / units)
    could = f"Of all means with {mean.decimals} decimals, {plain(100 * power, 0)} % would fail."
    if fitting:
        return Finding(REPRODUCED, f"{_quotient(fitting[0] * step, units)} prints {mean.text} "
                       f"({own}). {could}", numbers)  # fmt: skip
    return Finding(INCONSISTENT, f"{_why_not(mean, units, step, own)} {could} "
                   f"{elsewhere(mean, n, items, step)}", numbers)  # fmt: skip


def sums(mean: Printed, n: int, step: Fraction, way: str) -> range:
    """Return every sum, in steps, of n scores whose mean is printed so in one way of printing.

    What lies between two sums that print so prints so too: only the ends are tried.
    """
    low, high = (b * n / step for b in bounds(mean, way))
    first, last = math.ceil(low), math.floor(high)
    if first <= last and not prints(first * step / n, mean, way):
        first += 1
    if first <= last and not prints(last * step / n, mean, way):
        last -= 1
    return range(first, last + 1)


def nearest_sum(mean: Printed, n: int, step: Fraction) -> Fraction:
    """Return the possible sum that lies nearest to mean × n."""
    return round(mean.exact * n / step) * step


def elsewhere(mean: Printed, n: int, items: int, step: Fraction) -> str:
    """Return which other steps, or fewer persons, could print the mean by rounding."""
    finer = [s for s in OTHER_STEPS if s < step]
    steps = [plain(s) for s in finer if sums(mean, n * items, s, ROUNDED)]
    fewer = [m for m in range(n - 1, max(n - FEWER, 1) - 1, -1)
             if sums(mean, m * items, step, ROUNDED)]  # fmt: skip
    parts = [f"Scores in steps of {listed(steps)} could."] if steps else []
    parts += [f"So could {listed(fewer)} persons."] if fewer else []
    return " ".join(parts) or "No finer step and no few persons less could either."


def _why_not(mean: Printed, units: int, step: Fraction, own: str) -> str:
    other = TRUNCATED if own == ROUNDED else ROUNDED
    scores = f"{units} scores in steps of {plain(step)}"
    low = math.floor(mean.exact * units / step) * step
    around = f"{_quotient(low, units)} and {_quotient(low + step, units)}"
    if fitting := sums(mean, units, step, other):
        cut = f"{_quotient(fitting[0] * step, units)} prints {mean.text} only if {other}"
        return f"{plain(mean.exact * units)} is no sum of {scores}; {cut}, not {own}."
    return f"{plain(mean.exact * units)} is no sum of {scores}: the nearest means are {around}."


def _quotient(total: Fraction, n: int) -> str:
    return f"{plain(total)}/{n} = {plain(total / n)}"


def _outside(claim: Claim, mean: Printed) -> str:
    for name, word in (("low", "lowest"), ("high", "highest")):
        if claim.has(name):
            end = claim.number(name)
            if mean.exact < end.exact if name == "low" else mean.exact > end.exact:
                return f"The mean {mean.text} lies beyond the {word} score {end.text}."
    return ""
