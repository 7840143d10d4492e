"""A gate rule: one sentence, one column of one frame, one threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Gate = Literal["batch", "release"]
Severity = Literal["integrity", "critical", "warning"]
Direction = Literal["at_most", "at_least", "above", "equal"]
Outcome = Literal["pass", "fail", "error"]

#: Words for a direction, in front of the threshold.
DIRECTION_WORDS: dict[str, str] = {
    "at_most": "at most",
    "at_least": "at least",
    "above": "more than",
    "equal": "exactly",
}


@dataclass(frozen=True)
class Rule:
    """Every row of a frame keeps one column on the right side of the threshold.

    A missing value breaks the rule, and so does a frame without rows.

    Parameters
    ----------
    rule_id : str
        Name of the rule; its threshold stands under it in the seed `gate_thresholds`.
    gate : str
        batch or release.
    severity : str
        integrity (holds, cannot be accepted), critical (holds, can be accepted) or warning
        (never holds).
    sentence : str
        The rule in words.
    frame : str
        Frame that the rule looks at.
    column : str
        Numeric column of that frame.
    direction : str
        Side of the threshold that is allowed.
    shows : str
        What the result reports as observed: `worst`, the value farthest on the wrong side, or
        `total`, the sum of a column of counts. Columns taken from persons are counts.
    counted : str
        Column that says how many rows stand behind a row of counts; empty where a row of the
        frame is itself what was looked at.
    noun : str
        What `counted` counts, in the plural; empty for the rows of the frame.
    may_be_none : bool
        Whether a count over nothing passes (a batch need not bring assessments).
    """

    rule_id: str
    gate: Gate
    severity: Severity
    sentence: str
    frame: str
    column: str
    direction: Direction
    shows: Literal["worst", "total"] = "worst"
    counted: str = ""
    noun: str = ""
    may_be_none: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the frame must bring."""
        return (self.column, self.counted) if self.counted else (self.column,)

    def expectation(self, threshold: float) -> Any:
        """Return the Great Expectations expectation of this rule at a threshold."""
        import great_expectations.expectations as gxe

        low = threshold if self.direction in ("at_least", "above", "equal") else None
        high = threshold if self.direction in ("at_most", "equal") else None
        return gxe.ExpectColumnValuesToBeBetween(
            column=self.column,
            min_value=low,
            max_value=high,
            strict_min=self.direction == "above",
            meta={"rule_id": self.rule_id},
        )


@dataclass(frozen=True)
class ColumnSetRule(Rule):
    """A frame brings the columns that the sums below it need; the threshold counts absentees."""

    required: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """No column is taken for granted: their presence is the question."""
        return ()

    def expectation(self, threshold: float) -> Any:
        """Return the expectation that the columns are there (others may be too)."""
        import great_expectations.expectations as gxe

        return gxe.ExpectTableColumnsToMatchSet(
            column_set=list(self.required), exact_match=False, meta={"rule_id": self.rule_id}
        )
