"""Does a printed p agree with a computed one?"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.claim_figures import Printed
from stats.claims.claim import CONSISTENT, INCONSISTENT, REPRODUCED
from stats.claims.rounding import TRUNCATED, bounds
from stats.claims.words import p_text


@dataclass(frozen=True)
class PRange:
    """p from the figures as printed, and its range over what they may stand for."""

    p: float
    low: float
    high: float

    @classmethod
    def of(cls, p: float, ends: tuple[float, float]) -> PRange:
        """Return the range that holds p and both ends."""
        return cls(p, min(p, *ends), max(p, *ends))

    @property
    def words(self) -> str:
        """`p = 0.0012 (0.0011 to 0.0013 given rounding)`."""
        if p_text(self.low) == p_text(self.high):
            return f"p = {p_text(self.p)}"
        return f"p = {p_text(self.p)} ({p_text(self.low)} to {p_text(self.high)} given rounding)"


def could_be(stated: Printed, low: float, high: float, *, cut: bool = True) -> bool:
    """Return whether some p of the range is stated so, rounded or (with `cut`) truncated."""
    value = float(stated.exact)
    if stated.relation in ("<", "<="):
        return low < value or (stated.relation == "<=" and low == value)
    if stated.relation in (">", ">="):
        return high > value or (stated.relation == ">=" and high == value)
    down, up = (float(b) for b in bounds(stated))
    if cut:
        up = max(up, float(bounds(stated, TRUNCATED)[1]))
    return down <= high and low <= up


def p_verdict(stated: Printed, found: PRange) -> str:
    """Return reproduced where p as computed is stated so, consistent where rounding allows it."""
    if could_be(stated, found.p, found.p, cut=False):
        return REPRODUCED
    return CONSISTENT if could_be(stated, found.low, found.high) else INCONSISTENT


def stated_words(stated: Printed, found: PRange) -> str:
    """Return what is stated against what is computed, as the end of a sentence."""
    shown = f"p {stated.relation} {stated.text}"
    verdict = p_verdict(stated, found)
    if verdict == REPRODUCED:
        return f"as stated ({shown})"
    if verdict == CONSISTENT:
        return f"which rounding lets print as stated ({shown})"
    half = PRange(found.p / 2, found.low / 2, found.high / 2)
    if stated.relation == "=" and p_verdict(stated, half) != INCONSISTENT:
        return f"not as stated ({shown}), which a one-sided test would give"
    return f"not as stated ({shown})"


def times_stated(stated: Printed, p: float) -> dict[str, float]:
    """Return how many times the stated p the computed one is; nothing where 0 is stated."""
    return {"p_times_stated": p / float(stated.exact)} if stated.exact else {}
