"""Which numbers a printed one may stand for: rounded (a half either way), or truncated."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

from contracts.claim_figures import Printed

#: Ways of printing.
ROUNDED, TRUNCATED = "rounded", "truncated"


def prints_rounded(exact: Fraction, printed: Printed) -> bool:
    """Return whether a number is printed so by rounding.

    A half goes away from zero, to the even digit, or where the nearest double lies (as 2.675,
    which a program prints as 2.67).
    """
    off = abs(exact - printed.exact)
    if off != printed.unit / 2:
        return off < printed.unit / 2
    is_away = abs(printed.exact) > abs(exact)
    is_even = (printed.exact / printed.unit) % 2 == 0
    double = Fraction(float(exact))
    return is_away or is_even or (double != exact and (double > exact) == (printed.exact > exact))


def are_same(first: Printed, second: Printed) -> bool:
    """Return whether two prints are of one number: alike, or the finer one rounds to the other."""
    if first.decimals == second.decimals:
        return first.value == second.value
    finer, coarser = sorted((first, second), key=lambda p: -p.decimals)
    return prints_rounded(finer.exact, coarser)


def prints_truncated(exact: Fraction, printed: Printed) -> bool:
    """Return whether a number is printed so by cutting its further digits off."""
    shown = abs(printed.exact)
    is_same_side = exact * printed.exact >= 0
    return is_same_side and shown <= abs(exact) < shown + printed.unit


def prints(exact: Fraction, printed: Printed, way: str) -> bool:
    """Return whether a number is printed so in one of the two ways."""
    return (prints_rounded if way == ROUNDED else prints_truncated)(exact, printed)


def bounds(printed: Printed, way: str = ROUNDED) -> tuple[Fraction, Fraction]:
    """Return the smallest and largest number that the printed one may stand for."""
    if way == TRUNCATED:
        end = printed.exact + (printed.unit if printed.exact >= 0 else -printed.unit)
        low, high = sorted((printed.exact, end))
        return low, high
    return printed.exact - printed.unit / 2, printed.exact + printed.unit / 2


def real_bounds(printed: Printed, *, least: float = -math.inf) -> tuple[float, float]:
    """Return the same for rounding as floats, none below `least` (an SD is not below 0)."""
    low, high = bounds(printed)
    return max(float(low), least), float(high)


def spread_of(
    compute: Callable[..., float], ranges: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Return the least and greatest value over all corners of the ranges.

    Exact where the function is monotone in each argument, as all statistics of this room are.
    """
    values = [compute(*corner) for corner in product(*(sorted({*r}) for r in ranges))]
    return min(values), max(values)
