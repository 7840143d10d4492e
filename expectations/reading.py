"""Read an answer of Great Expectations and put it into words and figures.

Results hold counts and array-level figures. Rows are named only where they are arrays, slides,
tables or analyses; persons and samples are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from expectations.frame import Frame
from expectations.results import RuleResult, allowed_words, error_result
from expectations.rule import ColumnSetRule, Outcome, Rule
from expectations.thresholds import Threshold

_N_NAMED = 3


def read(
    rule: Rule, threshold: Threshold, frame: Frame, rows: pd.DataFrame, answer: Any
) -> RuleResult:
    """Return the result that one answer of Great Expectations amounts to.

    A missing value counts as a failure, and an answer about fewer rows than the frame has is none.
    """
    if _raised(answer.exception_info):
        return error_result(rule, threshold.value, threshold.source, "the rule raised an exception")
    if isinstance(rule, ColumnSetRule):
        return _read_column_set(rule, threshold, answer)
    found = answer.result
    n_rows, n_failed = int(found["element_count"]), int(found["unexpected_count"])
    n_missing = int(found["missing_count"])
    if n_rows != len(rows):
        why = f"{n_rows} of {len(rows)} rows were looked at"
        return error_result(rule, threshold.value, threshold.source, why)
    passed = bool(answer.success) and n_failed + n_missing == 0
    return _describe(rule, threshold, frame, rows[rule.column], passed, n_failed + n_missing)


def _read_column_set(rule: ColumnSetRule, threshold: Threshold, answer: Any) -> RuleResult:
    missing = (answer.result.get("details") or {}).get("mismatched", {}).get("missing", [])
    n_missing = len(missing)
    passed = bool(answer.success) and n_missing <= threshold.value
    message = f"{len(rule.required) - n_missing} of {len(rule.required)} columns are there" + (
        f"; missing: {', '.join(missing)}." if missing else "."
    )
    return result_of(
        rule, threshold, "pass" if passed else "fail", float(n_missing), len(rule.required),
        n_missing, message,
    )  # fmt: skip


def _describe(
    rule: Rule, threshold: Threshold, frame: Frame, column: pd.Series, passed: bool, n_broken: int
) -> RuleResult:
    """Put an answer into words and figures."""
    assert frame.rows is not None
    values = column.to_numpy(dtype=float)
    worst_first = np.argsort(-_badness(values, rule, threshold.value), kind="stable")
    observed = float(values.sum()) if rule.shows == "total" else float(values[worst_first[0]])
    n_checked, n_failed = len(values), n_broken
    if rule.counted:
        n_checked = int(frame.rows[rule.counted].sum())
        n_failed = int(values.sum()) if np.isfinite(values).all() else n_broken
    n_failed = 0 if passed else max(n_failed, 1)
    named = worst_first[: min(n_broken, _N_NAMED)] if frame.names_rows else worst_first[:0]
    labels = [str(uid) for uid in column.index[named]]
    return result_of(
        rule, threshold, "pass" if passed else "fail", None if np.isnan(observed) else observed,
        n_checked, n_failed, _words(rule, threshold, frame, labels, observed, n_checked, n_failed),
    )  # fmt: skip


def _words(
    rule: Rule, threshold: Threshold, frame: Frame, labels: list[str], observed: float,
    n_checked: int, n_failed: int,
) -> str:  # fmt: skip
    figures = (
        f"{'worst' if rule.shows == 'worst' else 'in all'} "
        f"{'not measured' if np.isnan(observed) else f'{observed:.6g}'}, "
        f"{allowed_words(rule.direction, threshold.value)} allowed."
    )
    noun = rule.noun or frame.noun
    if not n_failed:
        return f"{n_checked} {noun} looked at, none breaks the rule; {figures}"
    more = " …" if n_failed > len(labels) else ""
    named = f" ({', '.join(labels)}{more})" if labels else ""
    return f"{n_failed} of {n_checked} {noun} break the rule{named}; {figures}"


def _badness(values: np.ndarray, rule: Rule, threshold: float) -> np.ndarray:
    """Return how far on the wrong side each row lies; a missing value is worst of all."""
    distance = values - threshold
    if rule.direction in ("at_least", "above"):
        distance = -distance
    elif rule.direction == "equal":
        distance = np.abs(distance)
    return np.where(np.isnan(distance), np.inf, distance)


def _raised(info: Any) -> bool:
    """Read `exception_info`, which is flat for some failures and keyed by metric for others."""
    if not isinstance(info, Mapping):
        return info is not None
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(_raised(part) for part in info.values())


def broke(rule: Rule, threshold: Threshold, error: Exception) -> RuleResult:
    """Return the result of a rule that raised.

    Only the kind of the exception is kept: its text may quote a cell.
    """
    why = f"the rule raised an exception ({type(error).__name__})"
    return error_result(rule, threshold.value, threshold.source, why)


def result_of(
    rule: Rule, threshold: Threshold, outcome: Outcome, observed: float | None,
    n_checked: int, n_failed: int, message: str,
) -> RuleResult:  # fmt: skip
    """Return a result of `rule` at `threshold`."""
    return RuleResult(
        rule.rule_id, rule.sentence, rule.severity, outcome, observed, threshold.value,
        threshold.source, n_checked, n_failed, message,
    )  # fmt: skip
