"""What odds ratios of counts share: the result, and whether its interval and p say the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: p this near to its threshold may lie on either side of it by rounding.
_TIE = 1e-9


@dataclass(frozen=True)
class Fourfold:
    """Persons of two arms, with the event and without.

    Parameters
    ----------
    numerator_events, numerator_others, denominator_events, denominator_others : persons, ≥ 0
    """

    numerator_events: int
    numerator_others: int
    denominator_events: int
    denominator_others: int

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """The four counts."""
        return (
            self.numerator_events,
            self.numerator_others,
            self.denominator_events,
            self.denominator_others,
        )

    @property
    def refusal(self) -> str:
        """Why the table tells nothing of the odds; '' where it does."""
        a, b, c, d = self.cells
        if min(self.cells) < 0:
            raise ValueError(f"a count is negative: {self.cells}")
        if a + b == 0 or c + d == 0:
            return f"an arm without persons: {a + b} in the numerator, {c + d} in the denominator"
        if a + c == 0 or b + d == 0:
            return f"odds need both outcomes: {a + c} of {sum(self.cells)} persons have the event"
        return ""


@dataclass(frozen=True)
class OddsRatio:
    """Odds of the event in the numerator over those in the denominator.

    Parameters
    ----------
    estimate, ci_low, ci_high : ratios, 0 to inf; NaN where `reason` says why
    p_value : two-sided, of the test that the interval inverts
    p_fisher : two-sided p of Fisher's exact test, NaN where the method has none
    reason : why there is no number, or what the reader must know; empty when nothing
    """

    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    p_fisher: float = math.nan
    reason: str = ""


def refused(reason: str) -> OddsRatio:
    """Return a result without numbers."""
    return OddsRatio(math.nan, math.nan, math.nan, math.nan, reason=reason)


def interval_agrees(result: OddsRatio, *, confidence: float) -> bool:
    """Return whether the interval excludes 1 if and only if p < 1 − confidence.

    True where there are no numbers to contradict each other.
    """
    if math.isnan(result.p_value) or abs(result.p_value - (1 - confidence)) <= _TIE:
        return True
    excludes = result.ci_low > 1 or result.ci_high < 1
    return excludes == (result.p_value < 1 - confidence)


def one_sided_note(result: OddsRatio, *, confidence: float) -> str:
    """Return what a reader must know of an estimate at the end of its scale; '' within it."""
    level = f"{100 * (1 + confidence) / 2:g} %"
    if result.estimate == 0:
        return (
            f"a zero cell: the estimate is 0, and there is an upper bound only (one-sided {level})"
        )
    if math.isinf(result.estimate):
        return (
            f"a zero cell: the estimate is infinite, and there is a lower bound only (one-sided "
            f"{level})"
        )
    return ""
