"""What a gate answers: one result per rule, one verdict per run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from expectations.rule import DIRECTION_WORDS, Direction, Gate, Outcome, Rule, Severity

#: The rule that every run ends with: nothing passes because nobody asked.
SUITE_COMPLETE = "suite_complete"
_SUITE_COMPLETE_LABEL = "Every rule of the suite gave an answer, and there is at least one rule."


@dataclass(frozen=True)
class RuleResult:
    """Answer of one rule; it holds counts and array-level figures, never a patient's value."""

    rule_id: str
    rule_label: str
    severity: Severity
    outcome: Outcome
    observed: float | None
    threshold: float | None
    threshold_source: str
    n_checked: int
    n_failed: int
    message: str

    @property
    def holds(self) -> bool:
        """Whether this answer keeps the batch or release back."""
        return self.outcome == "error" or (self.outcome == "fail" and self.severity != "warning")


@dataclass(frozen=True)
class GateRun:
    """One run of a gate over a batch (`scope_id` = its batch id) or over a release."""

    study_id: str
    gate_run_id: str
    gate: Gate
    scope_id: str
    content_hash: str
    n_rules: int
    n_rules_evaluated: int
    n_rules_failed: int
    verdict: Literal["released", "held"]
    ran_at: datetime
    results: tuple[RuleResult, ...]

    @property
    def broken(self) -> tuple[RuleResult, ...]:
        """Results that are not a pass, warnings included."""
        return tuple(r for r in self.results if r.outcome != "pass")

    @property
    def holding(self) -> tuple[RuleResult, ...]:
        """Results that keep the batch or release back."""
        return tuple(r for r in self.results if r.holds)


def error_result(rule: Rule, threshold: float | None, source: str, why: str) -> RuleResult:
    """Return the result of a rule that gave no answer; `why` must carry no cell's content."""
    return RuleResult(
        rule.rule_id, rule.sentence, rule.severity, "error", None, threshold, source, 0, 0,
        f"No answer: {why}. A rule without an answer holds; mend the cause and run the gate again.",
    )  # fmt: skip


def allowed_words(direction: Direction, threshold: float) -> str:
    """Return `at most 0.25` and the like."""
    return f"{DIRECTION_WORDS[direction]} {threshold:.6g}"


def close_run(
    study_id: str,
    gate: Gate,
    scope_id: str,
    content_hash: str,
    answers: Sequence[RuleResult],
    n_asked: int,
    completeness: tuple[float, str],
    ran_at: datetime,
) -> GateRun:
    """Return the run with its completeness rule and its verdict.

    Parameters
    ----------
    answers : sequence of RuleResult
        What came back.
    n_asked : int
        Rules in the suite.
    completeness : (float, str)
        Threshold of the completeness rule and its source.
    ran_at : datetime
        Time of the run, with zone.
    """
    results = (*answers, _completeness(answers, n_asked, *completeness))
    key = "|".join((study_id, gate, scope_id, content_hash, ran_at.isoformat()))
    return GateRun(
        study_id=study_id,
        gate_run_id=hashlib.sha256(key.encode()).hexdigest()[:32],
        gate=gate,
        scope_id=scope_id,
        content_hash=content_hash,
        n_rules=n_asked + 1,
        n_rules_evaluated=sum(r.outcome != "error" for r in results),
        n_rules_failed=sum(r.outcome != "pass" for r in results),
        verdict="held" if any(r.holds for r in results) else "released",
        ran_at=ran_at,
        results=results,
    )


def _completeness(
    answers: Sequence[RuleResult], n_asked: int, threshold: float, source: str
) -> RuleResult:
    answered = {r.rule_id for r in answers if r.outcome != "error"}
    n_silent = n_asked - len(answered)
    n_failed = max(n_silent, 1) if n_asked == 0 else n_silent
    passed = n_asked > 0 and n_silent == 0 and len(answers) == n_asked
    message = (
        "The suite is empty: nothing was judged."
        if n_asked == 0
        else f"{len(answered)} of {n_asked} rules gave an answer."
    )
    return RuleResult(
        SUITE_COMPLETE, _SUITE_COMPLETE_LABEL, "integrity", "pass" if passed else "fail",
        float(n_failed), threshold, source, n_asked, n_failed, message,
    )  # fmt: skip
