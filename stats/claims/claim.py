"""A claim with typed figures, and what a check says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.claim_figures import Printed, Value

REPRODUCED = "reproduced"
CONSISTENT = "consistent"
INCONSISTENT = "inconsistent"
NOT_TESTABLE = "not_testable"
RECORDED = "recorded"


@dataclass(frozen=True)
class Claim:
    """What a publication states, ready to be computed.

    Parameters
    ----------
    row : cells by the columns of `raw.claims`
    figures : typed figures by name; absent ones are absent
    related : claims whose figures the check reads too
    """

    row: Mapping[str, Any]
    figures: Mapping[str, Value]
    related: tuple[Claim, ...] = ()

    @property
    def claim_id(self) -> str:
        """Name of the claim within its publication."""
        return str(self.row["claim_id"])

    def has(self, name: str) -> bool:
        """Return whether a figure is given."""
        return name in self.figures

    def number(self, name: str) -> Printed:
        """Return a printed number."""
        value = self.figures[name]
        assert isinstance(value, Printed)
        return value

    def count(self, name: str, default: int = 0) -> int:
        """Return a whole number."""
        value = self.figures.get(name, default)
        assert isinstance(value, int)
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return a text or a word."""
        value = self.figures.get(name, default)
        assert isinstance(value, str)
        return value

    def numbers(self, name: str) -> tuple[Printed, ...]:
        """Return a list of printed numbers."""
        value = self.figures.get(name, ())
        assert isinstance(value, tuple)
        return tuple(v for v in value if isinstance(v, Printed))

    def counts(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        value = self.figures.get(name, ())
        assert isinstance(value, tuple)
        return tuple(v for v in value if isinstance(v, int))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts or words."""
        value = self.figures.get(name, ())
        assert isinstance(value, tuple)
        return tuple(v for v in value if isinstance(v, str))


@dataclass(frozen=True)
class Finding:
    """Verdict on one claim.

    Parameters
    ----------
    verdict : one of contracts.claims.VERDICTS
    explanation : the arithmetic in words, with its numbers
    recomputed : numbers that were computed, by name; never a figure of the row itself
    is_able_to_fail : False where no figures of this kind could have failed the check
    """

    verdict: str
    explanation: str
    recomputed: Mapping[str, float] = field(default_factory=dict)
    is_able_to_fail: bool = True
