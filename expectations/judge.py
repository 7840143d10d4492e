"""Put frames before Great Expectations and read its answers, believing none of them blindly.

What was measured of the tool and is guarded against here: an empty suite passes, an empty frame
passes most expectations, a column of nulls passes `between`, an exception does not raise but
hides in `exception_info`, results come in another order, and default results keep offending
values. Hence rows are demanded, missing values counted as failures, answers matched by rule id
and compared with the frame's length, and the result format keeps counts only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from expectations.results import RuleResult, allowed_words, error_result
from expectations.rule import ColumnSetRule, Rule
from expectations.thresholds import Threshold

_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
_N_NAMED = 3


@dataclass(frozen=True)
class Frame:
    """A small table that rules look at.

    Parameters
    ----------
    rows : pandas.DataFrame or None
        Indexed by a row uid, numeric columns only; None where it could not be made.
    noun : str
        What one row is, in the plural.
    names_rows : bool
        Whether messages may name rows (arrays, slides, relations; never persons).
    why_missing : str
        Kind of exception that prevented it.
    """

    rows: pd.DataFrame | None
    noun: str
    names_rows: bool = False
    why_missing: str = ""


def judge(
    suite: Sequence[Rule], frames: Mapping[str, Frame], thresholds: Mapping[str, Threshold]
) -> list[RuleResult]:
    """Return one result per rule, in the order of the suite."""
    results: dict[str, RuleResult] = {}
    asked: dict[str, list[tuple[Rule, Threshold, Any]]] = {}
    for rule in suite:
        threshold = thresholds.get(rule.rule_id)
        frame = frames.get(rule.frame, Frame(None, "rows", why_missing="no such frame"))
        early = _answer_without_asking(rule, frame, threshold)
        if early is not None or threshold is None:
            results[rule.rule_id] = early or error_result(rule, None, "", "no threshold")
            continue
        try:
            expectation = rule.expectation(threshold.value)
        except Exception as error:  # a rule may break in any way; it must hold, not stop the gate
            results[rule.rule_id] = _broke(rule, threshold, error)
            continue
        asked.setdefault(rule.frame, []).append((rule, threshold, expectation))
    for name, questions in asked.items():
        for result in _ask(frames[name], questions):
            results[result.rule_id] = result
    return [results[rule.rule_id] for rule in suite]


def _answer_without_asking(
    rule: Rule, frame: Frame, threshold: Threshold | None
) -> RuleResult | None:
    if threshold is None:
        return error_result(rule, None, "none", "the rule has no threshold in the seed")
    value, source = threshold.value, threshold.source
    if frame.rows is None:
        return error_result(
            rule, value, source, f"its rows could not be read ({frame.why_missing})"
        )
    if len(frame.rows) == 0:
        return _result(rule, threshold, "fail", None, 0, 0, f"There are no {frame.noun} to judge.")
    if absent := [c for c in rule.columns if c not in frame.rows.columns]:
        return error_result(rule, value, source, f"its frame lacks {', '.join(absent)}")
    if rule.counted and not rule.may_be_none and not frame.rows[rule.counted].sum() > 0:
        return _result(rule, threshold, "fail", None, 0, 0, f"There are no {frame.noun} to judge.")
    return None


def _ask(frame: Frame, questions: Sequence[tuple[Rule, Threshold, Any]]) -> list[RuleResult]:
    """Validate one frame against all its expectations in one run."""
    assert frame.rows is not None
    try:
        rows = frame.rows.replace([np.inf, -np.inf], np.nan)
        answers = _validate(rows, [expectation for _, _, expectation in questions])
    except Exception as error:  # whatever the tool does, the gate answers
        return [_broke(rule, threshold, error) for rule, threshold, _ in questions]
    by_rule: dict[str, list[Any]] = {}
    for answer in answers:
        rule_id = str((answer.expectation_config.meta or {}).get("rule_id"))
        by_rule.setdefault(rule_id, []).append(answer)
    out = []
    for rule, threshold, _ in questions:
        mine = by_rule.get(rule.rule_id, [])
        if len(mine) != 1:
            why = f"{len(mine)} answers came back instead of one"
            out.append(error_result(rule, threshold.value, threshold.source, why))
            continue
        try:
            out.append(_read(rule, threshold, frame, rows, mine[0]))
        except Exception as error:
            out.append(_broke(rule, threshold, error))
    return out


def _validate(rows: pd.DataFrame, expectations: list[Any]) -> list[Any]:
    source, gx = _source()
    name = f"frame_{len(source.assets)}"
    asset = source.add_dataframe_asset(name)
    try:
        definition = asset.add_batch_definition_whole_dataframe("all")
        batch = definition.get_batch({"dataframe": rows})
        suite = gx.ExpectationSuite(name=name, expectations=expectations)
        return list(batch.validate(suite, result_format=_COUNTS_ONLY).results)
    finally:
        source.delete_asset(name)


@cache
def _source() -> tuple[Any, Any]:
    """Return an in-memory pandas source, without telemetry or progress bars (import is slow)."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("frames"), gx


def _read(
    rule: Rule, threshold: Threshold, frame: Frame, rows: pd.DataFrame, answer: Any
) -> RuleResult:
    if _raised(answer.exception_info):
        return error_result(rule, threshold.value, threshold.source, "the rule raised an exception")
    if isinstance(rule, ColumnSetRule):
        return _read_column_set(rule, threshold, frame, answer)
    found = answer.result
    n_rows, n_failed = int(found["element_count"]), int(found["unexpected_count"])
    n_missing = int(found["missing_count"])
    if n_rows != len(rows):
        why = f"{n_rows} of {len(rows)} rows were looked at"
        return error_result(rule, threshold.value, threshold.source, why)
    passed = bool(answer.success) and n_failed + n_missing == 0
    return _describe(rule, threshold, frame, rows[rule.column], passed, n_failed + n_missing)


def _read_column_set(
    rule: ColumnSetRule, threshold: Threshold, frame: Frame, answer: Any
) -> RuleResult:
    missing = (answer.result.get("details") or {}).get("mismatched", {}).get("missing", [])
    n_missing = len(missing)
    passed = bool(answer.success) and n_missing <= threshold.value
    message = f"{len(rule.required) - n_missing} of {len(rule.required)} columns are there" + (
        f"; missing: {', '.join(missing)}." if missing else "."
    )
    outcome = "pass" if passed else "fail"
    return _result(
        rule, threshold, outcome, float(n_missing), len(rule.required), n_missing, message
    )


def _describe(
    rule: Rule,
    threshold: Threshold,
    frame: Frame,
    column: pd.Series,
    passed: bool,
    n_broken: int,
) -> RuleResult:
    """Put an answer into words and figures; counts stand for persons, names only for arrays."""
    assert frame.rows is not None
    order = _badness(column, rule, threshold.value).sort_values(ascending=False, kind="stable")
    worst = column.loc[order.index[0]] if column.index.is_unique else column.iloc[0]
    observed = float(column.sum()) if rule.shows == "total" else float(worst)
    if rule.counted:
        n_checked, n_failed = int(frame.rows[rule.counted].sum()), int(np.nansum(column))
    else:
        n_checked, n_failed = len(column), n_broken
    message = _words(rule, threshold, frame, order.index, observed, n_checked, n_failed, passed)
    return _result(
        rule, threshold, "pass" if passed else "fail",
        None if np.isnan(observed) else observed, n_checked, 0 if passed else n_failed, message,
    )  # fmt: skip


def _words(
    rule: Rule, threshold: Threshold, frame: Frame, worst_first: pd.Index, observed: float,
    n_checked: int, n_failed: int, passed: bool,
) -> str:  # fmt: skip
    measured = "not measured" if np.isnan(observed) else f"{observed:.6g}"
    figures = (
        f"{'worst' if rule.shows == 'worst' else 'in all'} {measured}, "
        f"{allowed_words(rule.direction, threshold.value)} allowed."
    )
    if passed:
        return f"{n_checked} {frame.noun} looked at, none breaks the rule; {figures}"
    named = ""
    if frame.names_rows:
        labels = [str(uid) for uid in worst_first[: min(n_failed, _N_NAMED)]]
        named = f" ({', '.join(labels)}{' …' if n_failed > _N_NAMED else ''})"
    return f"{n_failed} of {n_checked} {frame.noun} break the rule{named}; {figures}"


def _badness(column: pd.Series, rule: Rule, threshold: float) -> pd.Series:
    """Return how far on the wrong side each row lies, so that the worst can be named."""
    distance = column.astype(float) - threshold
    if rule.direction in ("at_least", "above"):
        distance = -distance
    elif rule.direction == "equal":
        distance = distance.abs()
    return distance.fillna(np.inf)


def _raised(info: Any) -> bool:
    """Read `exception_info`, which is flat for some failures and keyed by metric for others."""
    if not isinstance(info, Mapping):
        return info is not None
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(_raised(part) for part in info.values())


def _broke(rule: Rule, threshold: Threshold, error: Exception) -> RuleResult:
    why = f"the rule raised an exception ({type(error).__name__})"
    return error_result(rule, threshold.value, threshold.source, why)


def _result(
    rule: Rule, threshold: Threshold, outcome: Any, observed: float | None,
    n_checked: int, n_failed: int, message: str,
) -> RuleResult:  # fmt: skip
    return RuleResult(
        rule.rule_id, rule.sentence, rule.severity, outcome, observed, threshold.value,
        threshold.source, n_checked, n_failed, message,
    )  # fmt: skip
