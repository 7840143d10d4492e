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
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from expectations.frame import Frame
from expectations.reading import broke, read, result_of
from expectations.results import RuleResult, error_result
from expectations.rule import Rule
from expectations.thresholds import Threshold

_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}


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
            results[rule.rule_id] = broke(rule, threshold, error)
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
        return result_of(
            rule, threshold, "fail", None, 0, 0, f"There are no {rule.noun or frame.noun} to judge."
        )
    if absent := [c for c in rule.columns if c not in frame.rows.columns]:
        return error_result(rule, value, source, f"its frame lacks {', '.join(absent)}")
    if rule.counted and not rule.may_be_none and not frame.rows[rule.counted].sum() > 0:
        return result_of(
            rule, threshold, "fail", None, 0, 0, f"There are no {rule.noun or frame.noun} to judge."
        )
    return None


def _ask(frame: Frame, questions: Sequence[tuple[Rule, Threshold, Any]]) -> list[RuleResult]:
    """Validate one frame against all its expectations in one run."""
    assert frame.rows is not None
    try:
        rows = frame.rows.replace([np.inf, -np.inf], np.nan)
        answers = _validate(rows, [expectation for _, _, expectation in questions])
    except Exception as error:  # whatever the tool does, the gate answers
        return [broke(rule, threshold, error) for rule, threshold, _ in questions]
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
            out.append(read(rule, threshold, frame, rows, mine[0]))
        except Exception as error:
            out.append(broke(rule, threshold, error))
    return out


def _validate(rows: pd.DataFrame, expectations: list[Any]) -> list[Any]:
    definition, gx = _definition()
    batch = definition.get_batch({"dataframe": rows})
    suite = gx.ExpectationSuite(name="gate", expectations=expectations)
    return list(batch.validate(suite, result_format=_COUNTS_ONLY).results)


@cache
def _definition() -> tuple[Any, Any]:
    """Return a definition that takes any frame, in memory, without telemetry or progress bars.

    The import takes seconds, and so would a new asset for every frame: each one makes Great
    Expectations write its whole configuration as YAML.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("build_file").add_dataframe_asset("frames")
    return asset.add_batch_definition_whole_dataframe("whole"), gx
